import type { CollectorConfig, Pipeline, Receivers } from "./types/collector-config";
import type { ExtensionId } from "./types/extensions";

/**
 * Rejects a configuration with an inconsistent graph: a component that is declared but unused (the Collector would
 * start or ignore it without an error), a component that is used but not declared, or a pipeline without an exporter.
 *
 * Throws one error that lists all of them, so `pulumi preview` fails.
 */
export function validateGraph(config: CollectorConfig<unknown>): void {
    const errors = findGraphErrors(config);
    if (errors.length > 0) {
        throw new Error(`the Collector's configuration has an inconsistent graph:\n  ${errors.join("\n  ")}`);
    }
}

const ROLES = ["receivers", "processors", "exporters"] as const;
/** Receivers and exporters of a pipeline. A connector can be either. */
const PIPELINE_ENDS = ["receivers", "exporters"] as const;

function findGraphErrors({ service, ...sections }: CollectorConfig<unknown>): string[] {
    const pipelines = Object.entries(service.pipelines).flatMap(([id, pipeline]) =>
        pipeline ? [{ id, ...pipeline }] : [],
    );
    const connectors = new Set(Object.keys(sections.connectors));
    return [
        ...(pipelines.length === 0 ? ["no pipelines are declared"] : []),
        ...pipelines.flatMap((pipeline) => findPipelineErrors(pipeline, connectors)),
        ...ROLES.flatMap((role) =>
            findUnmatched(
                role,
                Object.keys(sections[role]),
                pipelines.flatMap((pipeline): readonly string[] => pipeline[role]).filter((id) => !connectors.has(id)),
            ),
        ),
        ...[...connectors].flatMap((id) =>
            PIPELINE_ENDS.filter((role) => !pipelines.some((pipeline) => hasComponent(pipeline, role, id))).map(
                (role) => `connectors: ${id} is declared but not among the ${role} of any pipeline`,
            ),
        ),
        ...findUnmatched("extensions", Object.keys(sections.extensions), service.extensions),
        ...findAuthenticatorErrors(findUsedAuthenticators(sections.receivers), service.extensions),
    ];
}

/** Errors for a listener whose authenticator is not started, and for an authenticator that no listener uses. */
function findAuthenticatorErrors(used: readonly ExtensionId[], started: readonly ExtensionId[]): string[] {
    return [
        ...used
            .filter((id) => !started.includes(id))
            .map((id) => `receivers use authenticator ${id}, which is not started`),
        ...started
            .filter((id) => id.startsWith("bearertokenauth") && !used.includes(id))
            .map((id) => `authenticator ${id} is not used by any receiver`),
    ];
}

function findUsedAuthenticators(receivers: Receivers): ExtensionId[] {
    const listeners = Object.values(receivers).flatMap((receiver) => {
        const { grpc, http } = receiver !== undefined && "protocols" in receiver ? receiver.protocols : {};
        return [grpc, http];
    });
    return [...new Set(listeners.flatMap((listener) => listener?.auth?.authenticator ?? []))];
}

function hasComponent(pipeline: Pipeline, role: (typeof PIPELINE_ENDS)[number], id: string): boolean {
    return pipeline[role].some((other) => other === id);
}

function findPipelineErrors(
    { id, ...pipeline }: Pipeline & { readonly id: string },
    connectors: ReadonlySet<string>,
): string[] {
    return [
        ...PIPELINE_ENDS.filter((role) => pipeline[role].length === 0).map((role) => `pipeline ${id} has no ${role}`),
        // Data from another pipeline has already passed a memory limiter.
        ...(pipeline.processors[0]?.startsWith("memory_limiter") ||
        pipeline.receivers.every((receiver) => connectors.has(receiver))
            ? []
            : [
                  `pipeline ${id} does not start with memory_limiter: no component would reject data before memory runs out`,
              ]),
    ];
}

function findUnmatched(section: string, declared: readonly string[], used: readonly string[]): string[] {
    return [
        ...declared.filter((id) => !used.includes(id)).map((id) => `${section}: ${id} is declared but not used`),
        ...[...new Set(used)].filter((id) => !declared.includes(id)).map((id) => `${section}: ${id} is not declared`),
    ];
}
