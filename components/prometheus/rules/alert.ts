import { parseSeconds } from "../../../config/types/units";
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

/** After a start of Prometheus, the first scrape of a target may be later than the first evaluation of its rules. */
const MIN_SCRAPES_BEFORE_FIRING = 2;

/** Extends the time that an alert waits, so that one missing scrape does not fire it. */
export function waitForScrapes(rule: AlertingRule, scrapeSeconds: number): AlertingRule {
    const minSeconds = MIN_SCRAPES_BEFORE_FIRING * scrapeSeconds;
    return rule.for === undefined || parseSeconds(rule.for) >= minSeconds ? rule : { ...rule, for: `${minSeconds}s` };
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
