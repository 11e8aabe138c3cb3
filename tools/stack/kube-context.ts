import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execaSync } from "execa";
import { ROOT } from "../../sandbox/directories";
import { readStackConfig } from "./stack-file";

/** Environment and flags that point kubectl at the cluster of a stack. */
export interface KubectlAccess {
    /** Environment of kubectl, Pulumi and their child processes. */
    readonly env: Readonly<Record<string, string>>;
    /** Flags for printed kubectl commands. Undefined when the defaults of kubectl select the cluster. */
    readonly flags?: readonly string[];
}

/** The kubeconfig of a stack file. */
interface Kubeconfig {
    readonly file: string;
    /** Path in printed commands, which the user runs after this process exits. */
    readonly displayPath: string;
}

/** Replaces the path of a temporary kubeconfig in printed commands, so that kubectl fails and uses no other cluster. */
const KUBECONFIG_PLACEHOLDER = "FILE-WITH-kubernetes:kubeconfig";

/** Settings of Pulumi's Kubernetes provider that select the cluster. */
interface ProviderSettings {
    readonly context?: string;
    /** Path of a kubeconfig file, or its content. */
    readonly kubeconfig?: string;
}

/**
 * Points kubectl at the cluster that `kubernetes:context` and `kubernetes:kubeconfig` of a stack file select.
 *
 * kubectl has no environment variable for the context. The first file in KUBECONFIG that sets `current-context`
 * determines the context, so a file that sets only the context comes first. Every kubectl that inherits the
 * environment, and Pulumi's provider, then use the same cluster.
 *
 * @param root Folder of the stack file.
 * @throws when the stack file is invalid, or when it names a kubeconfig file that does not exist.
 */
export function resolveKubectlAccess(stack: string, root: string = ROOT): KubectlAccess {
    const { context, kubeconfig } = readProviderSettings(stack, root);
    if (context === undefined && kubeconfig === undefined) {
        return { env: {} };
    }
    const kubeconfigSource = kubeconfig === undefined ? undefined : findKubeconfig(kubeconfig, root);
    const files = [
        ...(context === undefined ? [] : [writeTemporary("context.yaml", renderContextFile(context))]),
        kubeconfigSource?.file ?? process.env.KUBECONFIG ?? path.join(os.homedir(), ".kube/config"),
    ];
    return {
        env: { KUBECONFIG: files.join(path.delimiter) },
        flags: [
            ...(kubeconfigSource === undefined ? [] : [`--kubeconfig=${kubeconfigSource.displayPath}`]),
            ...(context === undefined ? [] : [`--context=${context}`]),
        ],
    };
}

function readProviderSettings(stack: string, root: string): ProviderSettings {
    const config = readStackConfig(stack, root)?.config;
    const read = (key: keyof ProviderSettings): ProviderSettings => {
        const value = config?.[`kubernetes:${key}`];
        if (value === undefined || value === null) {
            return {};
        }
        return { [key]: typeof value === "string" ? value : decrypt(stack, `kubernetes:${key}`, root) };
    };
    return { ...read("context"), ...read("kubeconfig") };
}

/** Returns an encrypted or structured value, which only Pulumi can print. */
function decrypt(stack: string, key: string, root: string): string {
    return execaSync("pulumi", ["config", "get", key, "--stack", stack], { cwd: root }).stdout;
}

/** Returns the kubeconfig file for a path or for content. Distinguishes the two as Pulumi's provider does. */
function findKubeconfig(pathOrContent: string, root: string): Kubeconfig {
    const file = path.resolve(root, pathOrContent.replace(/^~(?=\/)/, os.homedir()));
    if (fs.existsSync(file)) {
        return { file, displayPath: file };
    }
    if (/[\n{]/.test(pathOrContent)) {
        return { file: writeTemporary("kubeconfig.yaml", pathOrContent), displayPath: KUBECONFIG_PLACEHOLDER };
    }
    throw new Error(`kubernetes:kubeconfig must name an existing file; ${file} does not exist`);
}

function renderContextFile(context: string): string {
    return JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": context });
}

/** Writes a file that only this user can read. The file is deleted when this process exits. */
function writeTemporary(name: string, content: string): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-"));
    process.once("exit", () => {
        fs.rmSync(folder, { recursive: true, force: true });
    });
    const file = path.join(folder, name);
    fs.writeFileSync(file, content, { mode: 0o600 });
    return file;
}

/** Adds flags to a printed kubectl command, so that it uses the cluster of the stack in any shell. */
export function addKubectlFlags(command: string, flags: readonly string[] = []): string {
    const quoted = flags.map((flag) => (/^[\w@%+=:,./-]+$/.test(flag) ? flag : `'${flag.replaceAll("'", "'\\''")}'`));
    return command.replace(/^kubectl(?= )/, ["kubectl", ...quoted].join(" "));
}
