import type { Program } from "../mocked-stack";
import type { UsedSecret } from "./secrets";
import { withNamespace } from "./template";

/** What the program says of the stack that it has rendered. */
export type Outputs = Pick<Program, "application" | "guard" | "portForwards">;

/** What Helm prints once the chart is installed: the Secrets that pods wait for, where to look and where to send. */
export function notesOf({ application, guard, portForwards }: Outputs, secrets: readonly UsedSecret[]): string {
    const looks = Object.values<{ readonly command: string; readonly url: string }>({ ...portForwards });
    const parts = [
        block(
            "Pods wait for these Secrets, which are yours to make (their keys in brackets):",
            secrets.map(({ value, keys }) => `{{ .Values.secrets.${value} }} (${keys.join(", ")})`),
        ),
        block(
            "Where to look (run the command, then open the address):",
            looks.map(({ command, url }) => withNamespace(`${url.padEnd(30)} ${command}`)),
        ),
        block("What an application in the cluster sets:", environment(application, secrets)),
        block(
            "What a sender outside the Namespace sets, with the files of its folder:",
            environment(guard?.environment ?? {}, secrets),
        ),
    ];
    return parts.filter((part) => part !== "").join("\n");
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
