import * as path from "node:path";
import { BIN, KUBECONFIG, ROOT, STATE } from "./directories";

/**
 * Returns the environment of kubectl and Pulumi for the sandbox.
 *
 * The passphrase is public. It protects only secrets of a local cluster that `make down` deletes. It is fixed, because
 * Pulumi.sandbox.yaml contains a salt that depends on it.
 */
export function sandboxEnv(): Record<string, string> {
    return {
        PATH: `${BIN}:${process.env.PATH ?? ""}`,
        KUBECONFIG,
        PULUMI_HOME: path.join(STATE, "pulumi"),
        PULUMI_BACKEND_URL: `file://${path.join(STATE, "pulumi")}`,
        PULUMI_CONFIG_PASSPHRASE: "otel-stack-sandbox",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        // Pulumi prefers plugins on PATH to those in PULUMI_HOME, regardless of the version, and prints a warning. The
        // Kubernetes provider that the sandbox builds is on PATH, in the folder of the pulumi command.
        PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
        // For the sandbox's old Node.js host, which ignores the runtime options of Pulumi.yaml.
        NODE_OPTIONS: `--require=${path.join(ROOT, "sandbox/runtime-options.cjs")}`,
    };
}
