import type { ProgramOutputs } from "../render/program";
import type { UsedSecret } from "./secrets";
import { templatizeNamespace } from "./template";

/** Stack outputs that NOTES.txt contains. */
export type Outputs = Pick<
    ProgramOutputs,
    "applicationEnvFromYaml" | "applicationEnvShell" | "secureOtlp" | "portForwards" | "externalUrls"
>;

/** Renders NOTES.txt: the Secrets to create, how to access the stack, and the environment of applications. */
export function renderNotes(
    { applicationEnvFromYaml, applicationEnvShell, secureOtlp, portForwards, externalUrls }: Outputs,
    secrets: readonly UsedSecret[],
): string {
    const forwards = Object.values<{ readonly command: string; readonly url: string }>({ ...portForwards });
    const parts = [
        renderBlock(
            "Create these Secrets (keys in parentheses). Pods do not start without them:",
            secrets.filter(({ byPods }) => byPods).map(renderSecret),
        ),
        renderBlock(
            "Create these Secrets (keys in parentheses). The exposed hosts serve their certificates:",
            secrets.filter(({ byPods }) => !byPods).map(renderSecret),
        ),
        renderBlock(
            "Access (run a command, then open its URL):",
            forwards.map(({ command, url }) => templatizeNamespace(`${url.padEnd(30)} ${command}`)),
        ),
        renderBlock(
            "External URLs (require a controller and DNS records):",
            Object.entries(externalUrls ?? {}).map(([name, url]) => `${url.padEnd(30)} ${name}`),
        ),
        renderBlock(
            "Environment for applications in the cluster:",
            applicationEnvShell.split("\n").map((line) => templatizeNamespace(line)),
        ),
        renderBlock(
            "The same in a container of a pod of this Namespace:",
            applicationEnvFromYaml.trimEnd().split("\n"),
        ),
        renderBlock(
            "Environment for clients outside the Namespace (expects its TLS files in the working directory):",
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
