import type { Program } from "../mocked-stack";
import type { UsedSecret } from "./secrets";
import { withNamespace } from "./template";

/** What the program says of the stack that it has rendered. */
export type Outputs = Pick<Program, "application" | "guard" | "portForwards" | "published">;

/** What Helm prints once the chart is installed: the Secrets to make, where to look and where to send. */
export function notesOf(
    { application, guard, portForwards, published }: Outputs,
    secrets: readonly UsedSecret[],
): string {
    const looks = Object.values<{ readonly command: string; readonly url: string }>({ ...portForwards });
    const parts = [
        block(
            "Pods wait for these Secrets, which are yours to make (their keys in brackets):",
            secrets.filter(({ byPods }) => byPods).map(withKeys),
        ),
        block(
            "What is published shows the certificates of these Secrets, which are yours to make too:",
            secrets.filter(({ byPods }) => !byPods).map(withKeys),
        ),
        block(
            "Where to look (run the command, then open the address):",
            looks.map(({ command, url }) => withNamespace(`${url.padEnd(30)} ${command}`)),
        ),
        block(
            "Where it is published, once a controller and DNS lead there:",
            Object.entries(published ?? {}).map(([of, url]) => `${url.padEnd(30)} ${of}`),
        ),
        block("What an application in the cluster sets:", environment(application, secrets)),
        block(
            "What a sender outside the Namespace sets, with the files of its folder:",
            environment(guard?.environment ?? {}, secrets),
        ),
    ];
    return parts.filter((part) => part !== "").join("\n");
}

function withKeys({ value, keys }: UsedSecret): string {
    return `{{ .Values.secrets.${value} }}${keys.length === 0 ? "" : ` (${keys.join(", ")})`}`;
}

function block(title: string, lines: readonly string[]): string {
    return lines.length === 0 ? "" : `${title}\n\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function environment(variables: Readonly<Record<string, string>>, secrets: readonly UsedSecret[]): string[] {
    return Object.entries(variables).map(([name, value]) =>
        // One of them reads its token from a Secret, which it names.
        secrets.reduce(
            (line, secret) => line.replaceAll(` ${secret.name} `, ` {{ .Values.secrets.${secret.value} }} `),
            withNamespace(`${name}=${value}`),
        ),
    );
}
