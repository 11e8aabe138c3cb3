/**
 * The part of Prometheus' rule files that the stack writes.
 *
 * https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
 */

/** A series that Prometheus computes and keeps, named `level:metric:operation`. */
export interface RecordingRule {
    readonly record: string;
    readonly expr: string;
    readonly labels?: Readonly<Record<string, string>>;
}

/** `critical` loses data now, `warning` will, `info` is worth a look. */
export type Severity = "critical" | "warning" | "info";

export interface AlertingRule {
    readonly alert: string;
    readonly expr: string;
    /** How long it holds before the alert fires; at once by default. */
    readonly for?: string;
    readonly labels: { readonly severity: Severity };
    readonly annotations: {
        /** One line, for a list of alerts. */
        readonly summary: string;
        /** What it means. */
        readonly description: string;
        /** Absolute URL of the section that says what to do. */
        readonly runbook_url?: string;
    };
}

export type Rule = RecordingRule | AlertingRule;

/** Rules that are computed one after the other: a later one sees what an earlier one has recorded. */
export interface RuleGroup {
    readonly name: string;
    readonly rules: readonly Rule[];
}
