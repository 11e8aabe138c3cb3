/** Where a program that is built on the Collector offers its own metrics. */
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

/** The default reader's naming, without `_total` and units, on all addresses of the pod. */
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
