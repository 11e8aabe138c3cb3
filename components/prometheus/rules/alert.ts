import type { AlertingRule, Severity } from "./types";

interface AlertArgs extends Pick<AlertingRule, "expr" | "for"> {
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

/** Adds a link to the alert's section in the runbook, whose heading is the alert's name. */
export function addRunbookUrl(rule: AlertingRule, runbookUrl: string): AlertingRule {
    return { ...rule, annotations: { ...rule.annotations, runbook_url: `${runbookUrl}#${rule.alert.toLowerCase()}` } };
}
