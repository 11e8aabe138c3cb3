import * as os from "node:os";
import * as path from "node:path";

/** Root folder of the checkout. */
export const ROOT = path.resolve(__dirname, "..");

/**
 * Cache of build products. All checkouts share it, `make down` keeps it, and it can be deleted at any time.
 *
 * @default otel-stack in the user's cache folder. The variable OTEL_STACK_CACHE overrides it.
 */
export const CACHE = resolveCacheFolder(process.env);

/** Returns an absolute path, because builds run in other working directories. Ignores empty variables. */
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

/** State of the sandbox, which `make down` deletes. The path is fixed, because a machine runs only one sandbox. */
export const STATE = "/var/lib/otel-stack-sandbox";

/** Programs of the running sandbox. First folder of its PATH. */
export const BIN = path.join(STATE, "bin");

/** Log files of the node's programs. */
export const LOGS = path.join(STATE, "logs");
/** Log files of the builds. */
export const BUILD_LOGS = path.join(CACHE, "logs");

/** Lock file. It is outside STATE, which `down` deletes while it holds the lock. */
export const LOCK = "/run/lock/otel-stack-sandbox.lock";

/** Keys and certificates of the cluster. */
export const PKI = path.join(STATE, "pki");

/** Configuration files of the node's programs. */
export const CONFIG = path.join(STATE, "config");

/** Kubeconfig of the cluster administrator. */
export const KUBECONFIG = path.join(STATE, "kubeconfig");
