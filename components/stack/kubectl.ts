import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import type { ProviderCluster } from "../../config/load";

/** Maximum time of one command. A preview must not wait for a cluster that does not respond. */
const KUBECTL_TIMEOUT_SECONDS = 10;

/** Runs kubectl on the cluster of Pulumi's provider, and returns its output. */
export async function runKubectl(
    args: readonly string[],
    { context, kubeconfig }: Partial<ProviderCluster>,
): Promise<string> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-"));
    try {
        const { stdout } = await promisify(execFile)(
            "kubectl",
            [
                ...args,
                `--request-timeout=${KUBECTL_TIMEOUT_SECONDS}s`,
                ...(context === undefined ? [] : [`--context=${context}`]),
                ...(kubeconfig === undefined ? [] : [`--kubeconfig=${resolveKubeconfigFile(kubeconfig, directory)}`]),
            ],
            { timeout: KUBECTL_TIMEOUT_SECONDS * 1000, maxBuffer: Infinity },
        );
        return stdout;
    } finally {
        fs.rmSync(directory, { recursive: true });
    }
}

/** Returns the last line of kubectl, which has the reason, or why kubectl did not run. */
export function describeKubectlError(error: unknown): string {
    const { message, stderr = "" } = error as Error & { readonly stderr?: string };
    const line = stderr.trim().split("\n").at(-1) ?? "";
    return line === "" ? message : line;
}

/** Returns the file of `kubernetes:kubeconfig`, which is a path or the content of a file. */
function resolveKubeconfigFile(pathOrContent: string, directory: string): string {
    const file = pathOrContent.replace(/^~(?=\/)/, os.homedir());
    if (fs.existsSync(file)) {
        return file;
    }
    const copy = path.join(directory, "kubeconfig.yaml");
    fs.writeFileSync(copy, pathOrContent, { mode: 0o600 });
    return copy;
}
