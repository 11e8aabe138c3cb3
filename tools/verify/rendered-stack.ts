import { overrideNamespace, renderProgram, type Settings, readStackSettings } from "../render/program";
import type { Stack } from "../stack/stack";
import type { GrafanaLogin } from "./grafana";
import { readGrafanaLogin } from "./grafana-login";
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
