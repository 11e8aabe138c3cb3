import type { AlertingRule, Severity } from "./types";

/** The page that says what to do, and below which heading: the alert's own name. */
export const RUNBOOK = "docs/runbook.md";

interface AlertArgs extends Pick<AlertingRule, "expr" | "for"> {
    readonly summary: string;
    readonly description: string;
}

export function alert(name: string, severity: Severity, { summary, description, ...rule }: AlertArgs): AlertingRule {
    return {
        alert: name,
        ...rule,
        labels: { severity },
        annotations: { summary, description, runbook: `${RUNBOOK}#${name.toLowerCase()}` },
    };
}
