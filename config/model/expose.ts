import type { StackSettings } from "../schema/schema";

/** What has pages to open. */
export const UI_BACKENDS = ["grafana", "jaeger", "prometheus"] as const;
export type UiBackend = (typeof UI_BACKENDS)[number];

export type ExposureInput = Pick<StackSettings, "expose">;

/** A name that is reached from outside of the cluster. */
export interface ExposedHost {
    readonly target: UiBackend | "otlpHttp" | "otlpGrpc";
    /** The setting that has it. */
    readonly key: string;
    readonly host: string;
    readonly url: string;
}

/** The names that are given, in the order of the settings. */
export function resolveExposedHosts({ expose }: ExposureInput): readonly ExposedHost[] {
    const scheme = resolveTlsMode({ expose }) === "disabled" ? "http" : "https";
    const hostFor = (target: ExposedHost["target"], key: string, host: string | undefined, urlScheme = scheme) =>
        host === undefined ? [] : [{ target, key: `expose.${key}`, host, url: `${urlScheme}://${host}` }];
    return [
        ...UI_BACKENDS.flatMap((backend) => hostFor(backend, `${backend}.host`, expose[backend].host)),
        ...hostFor("otlpHttp", "otlp.httpHost", expose.otlp.httpHost, "https"),
        ...hostFor("otlpGrpc", "otlp.grpcHost", expose.otlp.grpcHost, "https"),
    ];
}

export function isExposed(settings: ExposureInput): boolean {
    return resolveExposedHosts(settings).length > 0;
}

/** Where TLS certificates come from. */
export type TlsMode = ReturnType<typeof resolveTlsMode>;

/** What is reached from outside of the cluster. */
export interface ExposurePlan {
    readonly hosts: readonly ExposedHost[];
    /** The URL of each host. */
    readonly urls: Readonly<Partial<Record<ExposedHost["target"], string>>>;
    readonly tlsMode: TlsMode;
}

export function resolveExposure(settings: ExposureInput): ExposurePlan {
    const hosts = resolveExposedHosts(settings);
    return {
        hosts,
        urls: Object.fromEntries(hosts.map(({ target, url }) => [target, url])),
        tlsMode: resolveTlsMode(settings),
    };
}

/** A Gateway that is there has its own certificates. */
export function resolveTlsMode({
    expose: { api, gateway, tls },
}: {
    readonly expose: Pick<StackSettings["expose"], "api" | "gateway" | "tls">;
}): "secret" | "controller" | "disabled" {
    return tls.mode ?? (api === "gateway" && gateway.name !== undefined ? "controller" : "secret");
}

/** Whether something ends TLS with the certificate of a Secret: a route to the secure OTLP listener passes it through. */
export function needsTlsSecret(settings: ExposureInput): boolean {
    return (
        resolveTlsMode(settings) === "secret" &&
        resolveExposedHosts(settings).some(({ target }) => terminatesTls(settings.expose, target))
    );
}

function terminatesTls({ api }: StackSettings["expose"], target: ExposedHost["target"]): boolean {
    return api === "ingress" || isUiBackend(target);
}

export function isUiBackend(target: ExposedHost["target"]): target is UiBackend {
    return UI_BACKENDS.some((backend) => backend === target);
}

/** What only the person, or who runs the cluster, can see to. */
export function listExposurePrerequisites(settings: Pick<StackSettings, "namespace" | "expose">): readonly string[] {
    const { namespace, expose } = settings;
    const hosts = resolveExposedHosts(settings);
    if (hosts.length === 0) {
        return [];
    }
    const tlsHosts = hosts.filter(({ target }) => terminatesTls(expose, target)).map(({ host }) => host);
    return [
        ...(expose.api === "gateway"
            ? [
                  "expose.api gateway: the cluster has to know the kinds of the Gateway API, of the standard channel in v1.5 or newer; " +
                      '`pulumi up` fails with "no matches for kind" where it does not, and docs/how-to/expose-ingress.md says how to install them.',
              ]
            : []),
        ...(needsTlsSecret(settings)
            ? [
                  `expose.tls.secretName: Namespace ${namespace.name} has to have Secret ${expose.tls.secretName ?? ""} ` +
                      `(tls.crt, tls.key) for ${tlsHosts.join(", ")}.`,
              ]
            : []),
    ];
}
