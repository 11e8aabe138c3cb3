import * as path from "node:path";
import { build } from "esbuild";

/** Bundles a script of this directory into one file for the Node.js of the shop image. */
export async function bundleScript(file: string): Promise<string> {
    const { outputFiles } = await build({
        entryPoints: [path.join(__dirname, file)],
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        write: false,
    });
    return outputFiles.map(({ text }) => text).join("");
}

export interface ExternalProgramArgs {
    readonly image: string;
    readonly command?: readonly string[];
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** In the directory with the program's name under /etc. */
    readonly files: Readonly<Record<string, string>>;
    readonly ports: readonly number[];
    /** Port for the readiness probe. */
    readonly ready: number;
}

/** Renders the ConfigMap, the Deployment and the Service of a program that is not part of the stack. */
export function renderExternalProgram(
    name: string,
    namespace: string,
    { files, ports, ready, env = {}, ...program }: ExternalProgramArgs,
): object[] {
    const metadata = { name, namespace, labels: { app: name } };
    const container = {
        name,
        ...program,
        env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        readinessProbe: { httpGet: { path: "/", port: ready }, periodSeconds: 1 },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        volumeMounts: [{ name: "files", mountPath: `/etc/${name}` }],
    };
    const template = {
        metadata: { labels: { app: name } },
        spec: {
            terminationGracePeriodSeconds: 1,
            securityContext: { runAsUser: 10001, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [container],
            volumes: [{ name: "files", configMap: { name } }],
        },
    };
    return [
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: files },
        {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata,
            spec: { selector: { matchLabels: { app: name } }, template },
        },
        {
            apiVersion: "v1",
            kind: "Service",
            metadata,
            spec: {
                selector: { app: name },
                ports: ports.map((port) => ({ name: `port-${port}`, port, targetPort: port })),
            },
        },
    ];
}
