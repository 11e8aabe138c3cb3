import type { DashboardName } from "../../telemetry/names";

/**
 * The part of Prometheus' rules file that the stack writes.
 *
 * https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
 */

/** A recording rule. The name of its series is `level:metric:operation`. */
export interface RecordingRule {
    readonly record: string;
    readonly expr: string;
    readonly labels?: Readonly<Record<string, string>>;
}

/** `critical`: data is being lost. `warning`: data will be lost without action. `info`: for information. */
export type Severity = "critical" | "warning" | "info";

/** An alert that explains another one. Alertmanager mutes the other one while it fires. */
export interface Cause {
    /** Name of the alert that explains. */
    readonly alert: string;
    /** Matchers of its labels, in the syntax of Alertmanager. */
    readonly sourceMatchers?: readonly string[];
    /** Matchers of the labels of the alert that is muted. */
    readonly targetMatchers?: readonly string[];
    /** Labels that are equal in both. */
    readonly equal?: readonly string[];
}

export interface AlertingRule {
    readonly alert: string;
    readonly expr: string;
    /** How long the condition must hold before the alert fires. Fires immediately by default. */
    readonly for?: string;
    readonly labels: { readonly severity: Severity };
    readonly annotations: {
        /** One line, for a list of alerts. */
        readonly summary: string;
        /** What the alert means. */
        readonly description: string;
        /** Absolute URL of the runbook section. */
        readonly runbook_url?: string;
        /** The value of the expression. */
        readonly value?: string;
        /** Absolute URL of the dashboard. */
        readonly dashboard_url?: string;
    };
    /** Alerts that explain this one. Not part of the rules file. */
    readonly causes?: readonly Cause[];
    /** The dashboard that shows the alert's metrics. Not part of the rules file. */
    readonly dashboard?: DashboardName;
}

export type Rule = RecordingRule | AlertingRule;

/** Rules are evaluated in order, so a later rule sees what an earlier one recorded. */
export interface RuleGroup {
    readonly name: string;
    /** Between two evaluations. By default, that of Prometheus. */
    readonly interval?: string;
    readonly rules: readonly Rule[];
}
