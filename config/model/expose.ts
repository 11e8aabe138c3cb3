import type { StackSettings } from "../schema/schema";

/** Backends with a UI. */
export const UI_BACKENDS = ["grafana", "jaeger", "prometheus"] as const;
export type UiBackend = (typeof UI_BACKENDS)[number];

export type ExposureInput = Pick<StackSettings, "expose">;

/** A hostname that clients outside the cluster use. */
export interface ExposedHost {
    readonly target: UiBackend | "otlpHttp" | "otlpGrpc";
    /** The setting that contains the hostname. */
    readonly key: string;
    readonly host: string;
    /** Path below the hostname. Empty for the whole hostname. */
    readonly path: string;
    readonly url: string;
}

/** The configured hostnames, in the order of the settings. */
export function resolveExposedHosts({ expose }: ExposureInput): readonly ExposedHost[] {
    const scheme = resolveTlsMode({ expose }) === "disabled" ? "http" : "https";
    const hostFor = (target: ExposedHost["target"], key: string, host: string | undefined, path = "") => {
        const urlScheme = isUiBackend(target) ? scheme : "https";
        return host === undefined
            ? []
            : [{ target, key: `expose.${key}`, host, path, url: `${urlScheme}://${host}${path}` }];
    };
    return [
        ...UI_BACKENDS.flatMap((backend) =>
            hostFor(backend, `${backend}.host`, expose[backend].host, expose[backend].path),
        ),
        ...hostFor("otlpHttp", "otlp.httpHost", expose.otlp.httpHost),
        ...hostFor("otlpGrpc", "otlp.grpcHost", expose.otlp.grpcHost),
    ];
}

/** The path below which each UI has its pages and its API. Empty without `expose.<UI>.path`. */
export type BasePaths = Readonly<Record<UiBackend, string>>;

export function resolveBasePaths({ expose }: ExposureInput): BasePaths {
    return {
        grafana: expose.grafana.path ?? "",
        jaeger: expose.jaeger.path ?? "",
        prometheus: expose.prometheus.path ?? "",
    };
}

export function isExposed(settings: ExposureInput): boolean {
    return resolveExposedHosts(settings).length > 0;
}

/** Source of the TLS certificates. */
export type TlsMode = ReturnType<typeof resolveTlsMode>;

/** Access from outside the cluster. */
export interface ExposurePlan {
    readonly hosts: readonly ExposedHost[];
    /** The URL of each host. */
    readonly urls: Readonly<Partial<Record<ExposedHost["target"], string>>>;
    readonly basePaths: BasePaths;
    readonly tlsMode: TlsMode;
}

export function resolveExposure(settings: ExposureInput): ExposurePlan {
    const hosts = resolveExposedHosts(settings);
    return {
        hosts,
        urls: Object.fromEntries(hosts.map(({ target, url }) => [target, url])),
        basePaths: resolveBasePaths(settings),
        tlsMode: resolveTlsMode(settings),
    };
}

/** An existing Gateway has its own certificates. */
export function resolveTlsMode({
    expose: { api, gateway, tls },
}: {
    readonly expose: Pick<StackSettings["expose"], "api" | "gateway" | "tls">;
}): "secret" | "controller" | "disabled" {
    return tls.mode ?? (api === "gateway" && gateway.name !== undefined ? "controller" : "secret");
}

/**
 * Whether an Ingress or Gateway terminates TLS with a Secret's certificate. The secure OTLP listener terminates its
 * own.
 */
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

/** Prerequisites that the user or the cluster's administrator has to provide. */
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
                  "expose.api: the cluster needs the CRDs of the Gateway API (standard channel, v1.5 or newer); without them `pulumi up` " +
                      'fails with "no matches for kind". To install them, see docs/how-to/expose-gateway-api.md.',
              ]
            : []),
        ...(needsTlsSecret(settings)
            ? [
                  `expose.tls.secretName: create Secret ${expose.tls.secretName ?? ""} (tls.crt, tls.key) ` +
                      `for ${[...new Set(tlsHosts)].join(", ")} in Namespace ${namespace.name}.`,
              ]
            : []),
    ];
}
