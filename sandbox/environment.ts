import * as path from "node:path";
import { BIN, KUBECONFIG, STATE } from "./directories";

/**
 * What kubectl and Pulumi need to talk to the sandbox.
 *
 * The passphrase protects the secrets of a cluster that lives on this machine alone and ends with `make down`; it is
 * fixed so that Pulumi.sandbox.yaml, which carries a salt made with it, stays as it is in the checkout.
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
        // Pulumi prefers a plugin on PATH, whatever its version, to those in PULUMI_HOME, and warns of it. The Kubernetes
        // provider that was built here is on PATH, beside the command.
        PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    };
}
