/** Endpoint of a Collector-based program for its own metrics. */
export interface PullReader {
    readonly pull: {
        readonly exporter: {
            readonly prometheus: {
                readonly host: string;
                readonly port: number;
                readonly without_scope_info: boolean;
                readonly without_type_suffix: boolean;
                readonly without_units: boolean;
            };
        };
    };
}

/** Uses the default reader's naming, without `_total` and units, and all addresses of the pod. */
export function renderMetricsReader(port: number): PullReader {
    return {
        pull: {
            exporter: {
                prometheus: {
                    host: "0.0.0.0",
                    port,
                    without_scope_info: true,
                    without_type_suffix: true,
                    without_units: true,
                },
            },
        },
    };
}
