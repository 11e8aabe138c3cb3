import type { ProgramOutputs } from "../render/program";
import type { UsedSecret } from "./secrets";
import { templatizeNamespace } from "./template";

/** What the program says of the stack that it has rendered. */
export type Outputs = Pick<ProgramOutputs, "applicationEnv" | "secureOtlp" | "portForwards" | "externalUrls">;

/** Renders NOTES.txt: the Secrets to create, how to access the stack, and the environment of applications. */
export function renderNotes(
    { applicationEnv, secureOtlp, portForwards, externalUrls }: Outputs,
    secrets: readonly UsedSecret[],
): string {
    const forwards = Object.values<{ readonly command: string; readonly url: string }>({ ...portForwards });
    const parts = [
        renderBlock(
            "Create these Secrets (keys in parentheses). Pods do not start without them:",
            secrets.filter(({ byPods }) => byPods).map(renderSecret),
        ),
        renderBlock(
            "What is exposed shows the certificates of these Secrets, which are yours to make too:",
            secrets.filter(({ byPods }) => !byPods).map(renderSecret),
        ),
        renderBlock(
            "Access (run a command, then open its URL):",
            forwards.map(({ command, url }) => templatizeNamespace(`${url.padEnd(30)} ${command}`)),
        ),
        renderBlock(
            "Where it is exposed, once a controller and DNS lead there:",
            Object.entries(externalUrls ?? {}).map(([of, url]) => `${url.padEnd(30)} ${of}`),
        ),
        renderBlock("What an application in the cluster sets:", renderEnvironment(applicationEnv, secrets)),
        renderBlock(
            "What a sender outside the Namespace sets, with the files of its folder:",
            renderEnvironment(secureOtlp?.environment ?? {}, secrets),
        ),
    ];
    return parts.filter((part) => part !== "").join("\n");
}

function renderSecret({ valueKey: value, keys }: UsedSecret): string {
    return `{{ .Values.secrets.${value} }}${keys.length === 0 ? "" : ` (${keys.join(", ")})`}`;
}

function renderBlock(title: string, lines: readonly string[]): string {
    return lines.length === 0 ? "" : `${title}\n\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function renderEnvironment(variables: Readonly<Record<string, string>>, secrets: readonly UsedSecret[]): string[] {
    return Object.entries(variables).map(([name, value]) =>
        // The command that reads the token contains the name of a Secret.
        secrets.reduce(
            (line, secret) => line.replaceAll(` ${secret.name} `, ` {{ .Values.secrets.${secret.valueKey} }} `),
            templatizeNamespace(`${name}=${value}`),
        ),
    );
}
