import type { InvalidSettings } from "./types";

type Raw = Readonly<Record<string, unknown>>;

const URL = "https://hooks.example/a";
const EMAIL = { to: "a@example.com", from: "b@example.com", smarthost: "smtp.example.com:587" };
const RECEIVERS = "alertmanager.receivers";

function alertmanager(settings: Raw): Raw {
    return { alertmanager: { enabled: true, ...settings } };
}

function team(receiver: Raw): Raw {
    return alertmanager({ receivers: { team: receiver } });
}

export const invalidAlertmanager: readonly InvalidSettings[] = [
    {
        about: "Alertmanager without Prometheus",
        raw: { ...alertmanager({}), prometheus: { enabled: false } },
        key: "alertmanager.enabled",
    },
    {
        about: "Alertmanager without rules",
        raw: { ...alertmanager({}), prometheus: { rules: { enabled: false } } },
        key: "alertmanager.enabled",
    },
    {
        about: "a receiver that sends no notification",
        raw: team({}),
        key: `${RECEIVERS}.team`,
    },
    {
        about: "a receiver with an invalid name",
        raw: alertmanager({ receivers: { Team: { webhook: { url: URL } } } }),
        key: `${RECEIVERS}.Team`,
    },
    {
        about: "a receiver with the name of none",
        raw: alertmanager({ receivers: { none: { webhook: { url: URL } } } }),
        key: `${RECEIVERS}.none`,
    },
    { about: "a webhook without a URL", raw: team({ webhook: {} }), key: `${RECEIVERS}.team.webhook.url` },
    {
        about: "a webhook URL that is no URL",
        raw: team({ webhook: { url: "hooks.example/a" } }),
        key: `${RECEIVERS}.team.webhook.url`,
    },
    {
        about: "a webhook without its token",
        raw: team({ webhook: { url: URL, auth: "bearer" } }),
        key: `${RECEIVERS}.team.webhook.bearerToken`,
    },
    {
        about: "a token that the webhook is not sent",
        raw: team({ webhook: { url: URL, bearerToken: "a" } }),
        key: `${RECEIVERS}.team.webhook.bearerToken`,
    },
    {
        about: "a secret in addition to an existing Secret",
        raw: team({ slack: { url: URL }, secretName: "keys" }),
        key: `${RECEIVERS}.team.slack.url`,
    },
    {
        about: "an existing Secret for a receiver without secrets",
        raw: team({ email: EMAIL, secretName: "keys" }),
        key: `${RECEIVERS}.team.secretName`,
    },
    {
        about: "an email without a server",
        raw: team({ email: { to: EMAIL.to, from: EMAIL.from } }),
        key: `${RECEIVERS}.team.email.smarthost`,
    },
    {
        about: "an SMTP server without a port",
        raw: team({ email: { ...EMAIL, smarthost: "smtp.example.com" } }),
        key: `${RECEIVERS}.team.email.smarthost`,
    },
    {
        about: "a user of the SMTP server without a password",
        raw: team({ email: { ...EMAIL, username: "a" } }),
        key: `${RECEIVERS}.team.email.password`,
    },
    {
        about: "a password without a user of the SMTP server",
        raw: team({ email: { ...EMAIL, password: "a" } }),
        key: `${RECEIVERS}.team.email.password`,
    },
    {
        about: "a matcher without an operator",
        raw: team({ webhook: { url: URL }, matchers: ["critical"] }),
        key: `${RECEIVERS}.team.matchers`,
    },
    {
        about: "a matcher with an invalid regular expression",
        raw: team({ webhook: { url: URL }, matchers: ['job=~"("'] }),
        key: `${RECEIVERS}.team.matchers`,
    },
    {
        about: "egress to a receiver without NetworkPolicies",
        raw: team({ webhook: { url: URL }, egress: { port: 1 } }),
        key: `${RECEIVERS}.team.egress.port`,
    },
    {
        about: "a watchdog for an unknown receiver",
        raw: alertmanager({ watchdog: { receiver: "dead-man" } }),
        key: "alertmanager.watchdog.receiver",
    },
    {
        about: "matchers of the watchdog's receiver",
        raw: alertmanager({
            receivers: { team: { webhook: { url: URL }, matchers: ["a=b"] } },
            watchdog: { receiver: "team" },
        }),
        key: `${RECEIVERS}.team.matchers`,
    },
    {
        about: "an interval without a receiver of the watchdog",
        raw: alertmanager({ watchdog: { interval: "2m" } }),
        key: "alertmanager.watchdog.interval",
    },
    {
        about: "a notification that is repeated before the group is looked at",
        raw: alertmanager({ grouping: { interval: "2h", repeatInterval: "1h" } }),
        key: "alertmanager.grouping.repeatInterval",
    },
    {
        about: "a record of notifications that is forgotten before they are repeated",
        raw: alertmanager({ grouping: { repeatInterval: "1w" } }),
        key: "alertmanager.retention",
    },
    {
        about: "labels of a group with a duplicate",
        raw: alertmanager({ grouping: { labels: ["job", "job"] } }),
        key: "alertmanager.grouping.labels",
    },
    {
        about: "an external label with a reserved name",
        raw: { ...alertmanager({}), prometheus: { externalLabels: { __name__: "a" } } },
        key: "prometheus.externalLabels",
    },
    {
        about: "external labels without Alertmanager",
        raw: { prometheus: { externalLabels: { cluster: "a" } } },
        key: "prometheus.externalLabels",
    },
    {
        about: "too little memory for Alertmanager",
        raw: alertmanager({ resources: { limits: { memory: "48Mi" } } }),
        key: "alertmanager.resources.limits.memory",
    },
];
