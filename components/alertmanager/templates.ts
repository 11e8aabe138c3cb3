/**
 * The templates of notifications: for each alert its summary, description, value, and links to the runbook and the
 * dashboard. The resolved alerts of a group follow those that fire.
 *
 * https://prometheus.io/docs/alerting/latest/notifications/
 */

interface Format {
    /** Marks the summary as important. */
    readonly strong: (text: string) => string;
    readonly link: (url: string, text: string) => string;
    /** Ends a line. */
    readonly newline: string;
}

/** Templates that differ in their markup only, by name. */
const FORMATS: Readonly<Record<string, Format>> = {
    text: { strong: (text) => text, link: (url, text) => `${text}: ${url}`, newline: "\n" },
    slack: { strong: (text) => `*${text}*`, link: (url, text) => `<${url}|${text}>`, newline: "\n" },
    // Microsoft Teams joins single lines.
    markdown: { strong: (text) => `**${text}**`, link: (url, text) => `[${text}](${url})`, newline: "\n\n" },
    html: {
        strong: (text) => `<b>${text}</b>`,
        link: (url, text) => `<a href="${url}">${text}</a>`,
        newline: "<br>\n",
    },
};

const TITLE =
    '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] ' +
    '{{ .GroupLabels.SortedPairs.Values | join " " }}';

function renderAlert({ link, newline, strong }: Format): string {
    const annotation = (name: string, content: string) =>
        `{{ with .Annotations.${name} }}${content}${newline}{{ end }}`;
    return [
        `${strong("{{ .Labels.severity }}: {{ or .Annotations.summary .Labels.alertname }}")}${newline}`,
        annotation("description", "{{ . }}"),
        annotation("value", "Value: {{ . }}"),
        annotation("runbook_url", link("{{ . }}", "Runbook")),
        annotation("dashboard_url", link("{{ . }}", "Dashboard")),
        `Labels: {{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}${newline}`,
    ].join("");
}

function renderBody(name: string, format: Format): string {
    const list = (title: string, alerts: string) =>
        `{{ if gt (len ${alerts}) 0 }}${format.strong(title)}${format.newline}${format.newline}` +
        `{{ range ${alerts} }}{{ template "otel-stack.${name}.alert" . }}${format.newline}{{ end }}{{ end }}`;
    return [
        `{{ define "otel-stack.${name}.alert" }}${renderAlert(format)}{{ end }}`,
        `{{ define "otel-stack.${name}" }}${list("Firing", ".Alerts.Firing")}${list("Resolved", ".Alerts.Resolved")}{{ end }}`,
    ].join("\n");
}

export function renderTemplates(): string {
    return [
        `{{ define "otel-stack.title" }}${TITLE}{{ end }}`,
        ...Object.entries(FORMATS).map(([name, format]) => renderBody(name, format)),
        "",
    ].join("\n");
}
