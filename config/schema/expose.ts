import * as z from "zod";
import { annotations, cidrs, integer, dnsSubdomain, booleanType, hostname, labelSets, enumOf } from "../types/values";
import { setting } from "./setting";

const NOT_EXPOSED_BY_DEFAULT = "Nothing is reached from outside of the cluster unless it is named.";

const hostSetting = (target: string) =>
    setting(
        hostname.optional(),
        `The name under which ${target} is reached from outside of the cluster.`,
        NOT_EXPOSED_BY_DEFAULT,
        "not exposed",
    );

const annotationsSetting = (target: string) =>
    setting(
        annotations.default({}),
        `Annotations of ${target}, beside those of \`expose.annotations\`.`,
        "What controllers read of them differs from one to the other.",
    );

const allowUnauthenticatedSetting = (program: string, data: string) =>
    setting(
        booleanType.default(false),
        `Whether ${program} may be exposed, though it asks nobody who they are: whoever reaches the name reads ${data}.`,
        "Has to be said, as nothing protects it but what stands before it.",
    );

/** The settings of names that are reached from outside of the cluster. */
export const expose = z.strictObject({
    api: setting(
        enumOf(["ingress", "gateway"]).default("ingress"),
        "What leads from those names to the stack: `ingress`, an Ingress for each, or `gateway`, a route of the Gateway API for each (docs/how-to/expose-ingress.md).",
        "Every cluster's API knows an Ingress; the Gateway API has to be installed, by who runs the cluster.",
    ),
    className: setting(
        dnsSubdomain.optional(),
        "The IngressClass of the Ingresses. With api gateway the GatewayClass of a Gateway that the stack makes.",
        "Each cluster has its own.",
        "the cluster's default; with api gateway `expose.gateway.name` says to whose Gateway the routes belong",
    ),
    annotations: setting(
        annotations.default({}),
        "Annotations of each Ingress or route.",
        "What controllers read of them differs from one to the other.",
    ),
    grafana: z
        .strictObject({ host: hostSetting("Grafana"), annotations: annotationsSetting("its Ingress or route") })
        .prefault({}),
    jaeger: z
        .strictObject({
            host: hostSetting("Jaeger"),
            allowUnauthenticated: allowUnauthenticatedSetting("Jaeger", "all traces"),
            annotations: annotationsSetting("its Ingress or route"),
        })
        .prefault({}),
    prometheus: z
        .strictObject({
            host: hostSetting("Prometheus"),
            allowUnauthenticated: allowUnauthenticatedSetting(
                "Prometheus",
                "all metrics, and may ask it for more than it can bear",
            ),
            annotations: annotationsSetting("its Ingress or route"),
        })
        .prefault({}),
    otlp: z
        .strictObject({
            httpHost: hostSetting("the secure OTLP listener by HTTP"),
            grpcHost: hostSetting("the secure OTLP listener by gRPC"),
            annotations: annotationsSetting(
                "the Ingresses or routes to the secure OTLP listener. It speaks TLS itself, of which an Ingress has no word: with api ingress the controller is told here",
            ),
        })
        .prefault({}),
    tls: z
        .strictObject({
            mode: setting(
                enumOf(["secret", "controller", "disabled"]).optional(),
                "Who has the certificate of the names: `secret`, that of `expose.tls.secretName`; `controller`, the controller or Gateway has one of its own; `disabled`, they are served without TLS, and Grafana's password is read by whoever is on the way. OTLP by the Gateway API needs none of them: its TLS ends at the secure OTLP listener.",
                "A password travels.",
                "`secret`; `controller` with `expose.gateway.name`",
            ),
            secretName: setting(
                dnsSubdomain.optional(),
                "The Secret in the stack's Namespace with that certificate and its key, `tls.crt` and `tls.key`. Yours: the stack never reads or changes it.",
                "Nobody but you can make one for your names.",
                "needed where `expose.tls.mode` is `secret`",
            ),
        })
        .prefault({}),
    gateway: z
        .strictObject({
            name: setting(
                dnsSubdomain.optional(),
                "A Gateway that is there, for the routes to belong to. Its listeners, with their certificates, are not the stack's.",
                "Who runs the cluster mostly has one.",
                "the stack makes one of `expose.className`",
            ),
            namespace: setting(
                dnsSubdomain.optional(),
                "The Namespace of that Gateway, whose listeners have to let routes of the stack's in (`allowedRoutes`).",
                "Nothing is to be let in within one Namespace.",
                "the stack's",
            ),
            listener: setting(
                dnsSubdomain.optional(),
                "The listener of that Gateway (`sectionName`) for Grafana, Jaeger and Prometheus. Without it they are served by all that take them, such as one without TLS beside one with it.",
                "A Gateway may have one alone.",
                "all that take HTTP",
            ),
            passthroughListener: setting(
                dnsSubdomain.optional(),
                "The listener of that Gateway for OTLP: of protocol TLS, mode Passthrough.",
                "A Gateway may have one alone.",
                "all that take TLS",
            ),
            httpPort: setting(
                integer(1, 65_535).default(80),
                "Port of the listeners without TLS, of a Gateway that the stack makes.",
                "HTTP's own. Some controllers, Traefik among them, count their pods' ports instead.",
            ),
            httpsPort: setting(
                integer(1, 65_535).default(443),
                "Port of the listeners with TLS, of a Gateway that the stack makes.",
                "HTTPS' own.",
            ),
            annotations: setting(
                annotations.default({}),
                "Annotations of a Gateway that the stack makes, such as those that cert-manager reads.",
                "What controllers read of them differs from one to the other.",
            ),
        })
        .prefault({}),
    controller: z
        .strictObject({
            namespaceSelectors: setting(
                labelSets.default([]),
                "Namespaces of the pods that answer for those names, which the NetworkPolicies let through to what is exposed. Each entry is a set of labels that such a Namespace carries; its name is `kubernetes.io/metadata.name`.",
                "Each cluster has its own.",
            ),
            cidrs: setting(
                cidrs.default([]),
                "Ranges of addresses outside of pods that are let through too: those of the nodes, for a controller on the nodes' network, or of a load balancer outside of the cluster.",
                "Most controllers are pods.",
            ),
        })
        .prefault({}),
});
