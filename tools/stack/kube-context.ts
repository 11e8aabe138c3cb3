import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execaSync } from "execa";
import { ROOT } from "../../sandbox/directories";
import { readStackConfig } from "./stack-file";

/** What points kubectl at the cluster that a stack file names. */
export interface KubectlAccess {
    /** Environment of kubectl, Pulumi and everything that they start. */
    readonly env: Readonly<Record<string, string>>;
    /** The same as flags, for commands that a user pastes; undefined where kubectl's defaults lead to the cluster. */
    readonly flags?: readonly string[];
}

/** A kubeconfig that a stack file gives. */
interface Kubeconfig {
    readonly file: string;
    /** What names it in a command that a user pastes after this process has ended. */
    readonly displayPath: string;
}

/** Content has no file that stays: kubectl says so of this one, rather than go to another cluster. */
const KUBECONFIG_PLACEHOLDER = "FILE-WITH-kubernetes:kubeconfig";

/** The settings of Pulumi's Kubernetes provider that choose the cluster. */
interface ProviderSettings {
    readonly context?: string;
    /** Path of a kubeconfig file, or its content. */
    readonly kubeconfig?: string;
}

/**
 * Points kubectl at the cluster that `kubernetes:context` and `kubernetes:kubeconfig` of a stack file name.
 *
 * kubectl has no variable for the context. A kubeconfig file that contains nothing else comes first in KUBECONFIG: of
 * several files, the first that sets `current-context` decides. So every kubectl that inherits the environment, and
 * Pulumi's provider, uses one and the same cluster.
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
    const config = readStackConfig(stack, "otel-stack", root)?.config;
    const read = (key: keyof ProviderSettings): ProviderSettings => {
        const value = config?.[`kubernetes:${key}`];
        if (value === undefined || value === null) {
            return {};
        }
        return { [key]: typeof value === "string" ? value : decrypt(stack, `kubernetes:${key}`, root) };
    };
    return { ...read("context"), ...read("kubeconfig") };
}

/** An encrypted or structured value, which Pulumi alone can print. */
function decrypt(stack: string, key: string, root: string): string {
    return execaSync("pulumi", ["config", "get", key, "--stack", stack], { cwd: root }).stdout;
}

/** The file of a kubeconfig that is given by path or by content, as Pulumi's provider tells them apart. */
function findKubeconfig(pathOrContent: string, root: string): Kubeconfig {
    const file = path.resolve(root, pathOrContent.replace(/^~(?=\/)/, os.homedir()));
    if (fs.existsSync(file)) {
        return { file, displayPath: file };
    }
    if (/[\n{]/.test(pathOrContent)) {
        return { file: writeTemporary("kubeconfig.yaml", pathOrContent), displayPath: KUBECONFIG_PLACEHOLDER };
    }
    throw new Error(`kubernetes:kubeconfig must name an existing file; there is no ${file}`);
}

function renderContextFile(context: string): string {
    return JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": context });
}

/** Writes a file that this user alone can read and that goes when this process ends. */
function writeTemporary(name: string, content: string): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-"));
    process.once("exit", () => {
        fs.rmSync(folder, { recursive: true, force: true });
    });
    const file = path.join(folder, name);
    fs.writeFileSync(file, content, { mode: 0o600 });
    return file;
}

/** A printed kubectl command with flags that lead to the stack's cluster from any shell. */
export function addKubectlFlags(command: string, flags: readonly string[] = []): string {
    const quoted = flags.map((flag) => (/^[\w@%+=:,./-]+$/.test(flag) ? flag : `'${flag.replaceAll("'", "'\\''")}'`));
    return command.replace(/^kubectl(?= )/, ["kubectl", ...quoted].join(" "));
}
