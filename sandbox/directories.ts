import * as os from "node:os";
import * as path from "node:path";

/** The checkout. */
export const ROOT = path.resolve(__dirname, "..");

/**
 * Build products: they outlive the sandbox, are shared by all checkouts and can be deleted at any time.
 * OTEL_STACK_CACHE moves them; the default is otel-stack in the user's cache folder.
 */
export const CACHE = resolveCacheFolder(process.env);

/** An absolute path, since programs are built in other folders than this process's; an empty variable is none. */
export function resolveCacheFolder({
    OTEL_STACK_CACHE: configured,
    XDG_CACHE_HOME: shared,
}: NodeJS.ProcessEnv): string {
    if (configured) {
        return path.resolve(configured);
    }
    const parent = shared === undefined || shared === "" ? path.join(os.homedir(), ".cache") : shared;
    return path.resolve(parent, "otel-stack");
}

/** Everything that lives and dies with the sandbox. Fixed, because a machine has room for one sandbox only. */
export const STATE = "/var/lib/otel-stack-sandbox";

/** The programs of the running sandbox: what its PATH starts with. */
export const BIN = path.join(STATE, "bin");

/** One log file a program of the node, and one a build. */
export const LOGS = path.join(STATE, "logs");
export const BUILD_LOGS = path.join(CACHE, "logs");

/** Outside of STATE, which `down` deletes while it holds the lock. */
export const LOCK = "/run/lock/otel-stack-sandbox.lock";

/** Keys and certificates of the cluster. */
export const PKI = path.join(STATE, "pki");

/** What the programs of the node read. */
export const CONFIG = path.join(STATE, "config");

/** Administrator of the cluster. */
export const KUBECONFIG = path.join(STATE, "kubeconfig");
