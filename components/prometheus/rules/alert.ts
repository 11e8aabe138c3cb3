import { DASHBOARDS } from "../../telemetry/names";
import type { AlertingRule, Severity } from "./types";

interface AlertArgs extends Pick<AlertingRule, "causes" | "dashboard" | "expr" | "for"> {
    readonly summary: string;
    readonly description: string;
}

export function alert(name: string, severity: Severity, { summary, description, ...rule }: AlertArgs): AlertingRule {
    return {
        alert: name,
        ...rule,
        labels: { severity },
        annotations: { summary, description },
    };
}

/**
 * Adds the annotations that notifications contain.
 *
 * @param grafanaUrl Undefined without Grafana.
 */
export function addNotificationAnnotations(rule: AlertingRule, grafanaUrl: string | undefined): AlertingRule {
    const { dashboard = "collector" } = rule;
    const link = grafanaUrl === undefined ? {} : { dashboard_url: `${grafanaUrl}d/${DASHBOARDS[dashboard]}` };
    return { ...rule, annotations: { ...rule.annotations, value: "{{ $value | humanize }}", ...link } };
}

/** Adds a link to the alert's section in the runbook, whose heading is the alert's name. */
export function addRunbookUrl(rule: AlertingRule, runbookUrl: string): AlertingRule {
    return { ...rule, annotations: { ...rule.annotations, runbook_url: `${runbookUrl}#${rule.alert.toLowerCase()}` } };
}
