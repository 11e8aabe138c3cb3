import * as z from "zod";
import { GRAFANA_ADMIN } from "../../components/grafana/config";
import { ADMIN_FILES } from "../../components/grafana/admin";
import { kubectl } from "../stack/kubectl";
import { overrideNamespace, renderProgram, type Settings, readStackSettings } from "../render/program";
import type { Stack } from "../stack/stack";
import type { GrafanaLogin } from "./grafana";
import { parseStackOutputs, type StackOutputs } from "./outputs";

/**
 * Renders the stack outputs of a stack that Helm or kubectl deployed, which Pulumi's state does not contain.
 *
 * @param namespace Namespace of the stack. Default: the Namespace in the settings.
 */
export async function renderOutputs(stack: string, settings: Settings, namespace?: string): Promise<StackOutputs> {
    const { program } = await renderProgram(overrideNamespace(settings, namespace), stack);
    const { portForwards, verification } = program;
    return parseStackOutputs({ namespace: program.namespace, portForwards, verification });
}

/**
 * Renders the stack outputs of a stack file, and returns a function that reads the Grafana credentials.
 *
 * @param namespace Namespace of the stack. Default: the Namespace in the settings.
 */
export async function renderStack(
    stack: Stack,
    namespace?: string,
): Promise<{ readonly outputs: StackOutputs; readonly login: () => Promise<GrafanaLogin> }> {
    const outputs = await renderOutputs(stack.name, readStackSettings(stack.name), namespace);
    return { outputs, login: () => readGrafanaLogin(stack, outputs.namespace) };
}

const deploymentSchema = z.object({
    spec: z.object({
        template: z.object({
            spec: z.object({
                volumes: z.array(z.object({ secret: z.object({ secretName: z.string() }).optional() })),
            }),
        }),
    }),
});

/** Reads the Grafana credentials from the Secret that its pod mounts. */
async function readGrafanaLogin(stack: Stack, namespace: string): Promise<GrafanaLogin> {
    const get = async (...args: readonly string[]): Promise<string> => {
        const { stdout } = await kubectl(stack, ["get", "--namespace", namespace, ...args], {});
        return stdout;
    };
    const { spec } = deploymentSchema.parse(JSON.parse(await get("deployment", "grafana", "--output", "json")));
    const secret = spec.template.spec.volumes.map((volume) => volume.secret?.secretName).find(Boolean);
    if (secret === undefined) {
        throw new Error(`Deployment grafana in Namespace ${namespace} mounts no Secret with the password`);
    }
    const encoded = await get("secret", secret, "--output", `jsonpath={.data.${ADMIN_FILES.password}}`);
    return { user: GRAFANA_ADMIN, password: Buffer.from(encoded, "base64").toString("utf8") };
}
