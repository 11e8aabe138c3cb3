import type { StackSettings } from "./schema";

/** What has pages to open. */
export const VIEWS = ["grafana", "jaeger", "prometheus"] as const;
export type View = (typeof VIEWS)[number];

export type PublishDecision = Pick<StackSettings, "publish">;

/** A name that is reached from outside of the cluster. */
export interface PublishedHost {
    readonly of: View | "otlpHttp" | "otlpGrpc";
    /** The setting that has it. */
    readonly key: string;
    readonly host: string;
    readonly url: string;
}

/** The names that are given, in the order of the settings. */
export function publishedHosts({ publish }: PublishDecision): readonly PublishedHost[] {
    const scheme = certificateOf({ publish }) === "none" ? "http" : "https";
    const named = (of: PublishedHost["of"], key: string, name: string | undefined, by = scheme) =>
        name === undefined ? [] : [{ of, key: `publish.${key}`, host: name, url: `${by}://${name}` }];
    return [
        ...VIEWS.flatMap((view) => named(view, `${view}.host`, publish[view].host)),
        ...named("otlpHttp", "otlp.httpHost", publish.otlp.httpHost, "https"),
        ...named("otlpGrpc", "otlp.grpcHost", publish.otlp.grpcHost, "https"),
    ];
}

export function isPublished(settings: PublishDecision): boolean {
    return publishedHosts(settings).length > 0;
}

/** By what people open it from outside of the cluster; undefined where they cannot. */
export function publishedUrl(settings: PublishDecision, of: PublishedHost["of"]): string | undefined {
    return publishedHosts(settings).find((host) => host.of === of)?.url;
}

/** A Gateway that is there has its own certificates. */
export function certificateOf({
    publish: { api, gateway, tls },
}: {
    readonly publish: Pick<StackSettings["publish"], "api" | "gateway" | "tls">;
}): "secret" | "controller" | "none" {
    return tls.certificate ?? (api === "gateway" && gateway.name !== undefined ? "controller" : "secret");
}

/** Whether something ends TLS with the certificate of a Secret: a route to the guarded listener passes it through. */
export function needsCertificate(settings: PublishDecision): boolean {
    return (
        certificateOf(settings) === "secret" && publishedHosts(settings).some(({ of }) => endsTls(settings.publish, of))
    );
}

function endsTls({ api }: StackSettings["publish"], of: PublishedHost["of"]): boolean {
    return api === "ingress" || isView(of);
}

export function isView(of: PublishedHost["of"]): of is View {
    return VIEWS.some((view) => view === of);
}

/** What only the person, or who runs the cluster, can see to. */
export function publishReminders(settings: Pick<StackSettings, "namespace" | "publish">): readonly string[] {
    const { namespace, publish } = settings;
    const hosts = publishedHosts(settings);
    if (hosts.length === 0) {
        return [];
    }
    const certified = hosts.filter(({ of }) => endsTls(publish, of)).map(({ host }) => host);
    return [
        ...(publish.api === "gateway"
            ? [
                  "publish.api gateway: the cluster has to know the kinds of the Gateway API, of the standard channel in v1.5 or newer; " +
                      '`pulumi up` fails with "no matches for kind" where it does not, and docs/publishing.md says how to install them.',
              ]
            : []),
        ...(needsCertificate(settings)
            ? [
                  `publish.tls.secretName: Namespace ${namespace.name} has to have Secret ${publish.tls.secretName ?? ""} ` +
                      `(tls.crt, tls.key) for ${certified.join(", ")}.`,
              ]
            : []),
    ];
}
