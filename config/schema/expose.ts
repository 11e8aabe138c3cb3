import * as z from "zod";
import { cidrs } from "../types/cidrs";
import { dnsSubdomain, hostname, urlPath } from "../types/dns";
import { annotations, labelSets } from "../types/labels";
import { integer, booleanType, enumType } from "../types/values";
import { setting } from "./setting";

const hostSetting = (target: string) =>
    setting(hostname.optional(), `Hostname of ${target} for clients outside the cluster.`, {
        whenUnset: "not exposed",
    });

const pathSetting = (target: string) =>
    setting(
        urlPath.optional(),
        `Path of ${target} below its hostname, so that several UIs can share one hostname. ${target} then has all its pages and its API below this path inside the cluster too.`,
        { whenUnset: "the whole hostname" },
    );

const annotationsSetting = (target: string) =>
    setting(annotations.default({}), `Annotations of ${target}, in addition to \`expose.annotations\`.`);

const allowUnauthenticatedSetting = (backend: string, data: string) =>
    setting(
        booleanType.default(false),
        `Allow ${backend} to be exposed although it has no authentication: anyone who reaches the hostname can ${data}.`,
    );

/** Settings of the hostnames through which clients outside the cluster reach the stack. */
export const expose = z.strictObject({
    api: setting(
        enumType(["ingress", "gateway"]).default("ingress"),
        "Kubernetes API for the routes: `ingress` creates an Ingress per hostname, `gateway` a route of the Gateway API (docs/how-to/expose-ingress.md).",
        { rationale: "Every cluster has the Ingress API; the Gateway API has to be installed." },
    ),
    className: setting(
        dnsSubdomain.optional(),
        "IngressClass of the Ingresses. With `api: gateway`, the GatewayClass of a Gateway that the stack creates.",
        {
            whenUnset:
                "the cluster's default IngressClass; with `api: gateway` the routes attach to the Gateway `expose.gateway.name`",
        },
    ),
    annotations: setting(annotations.default({}), "Annotations of each Ingress or route."),
    grafana: z
        .strictObject({
            host: hostSetting("Grafana"),
            path: pathSetting("Grafana"),
            annotations: annotationsSetting("its Ingress or route"),
        })
        .prefault({}),
    jaeger: z
        .strictObject({
            host: hostSetting("Jaeger"),
            path: pathSetting("Jaeger"),
            allowUnauthenticated: allowUnauthenticatedSetting("Jaeger", "read all traces"),
            annotations: annotationsSetting("its Ingress or route"),
        })
        .prefault({}),
    prometheus: z
        .strictObject({
            host: hostSetting("Prometheus"),
            path: pathSetting("Prometheus"),
            allowUnauthenticated: allowUnauthenticatedSetting(
                "Prometheus",
                "read all metrics and overload Prometheus with expensive queries",
            ),
            annotations: annotationsSetting("its Ingress or route"),
        })
        .prefault({}),
    otlp: z
        .strictObject({
            httpHost: hostSetting("the secure OTLP listener over HTTP"),
            grpcHost: hostSetting("the secure OTLP listener over gRPC"),
            annotations: annotationsSetting(
                "the Ingresses or routes of the secure OTLP listener. The listener terminates TLS itself, and the Ingress API has no field for that: with `api: ingress` set the controller's annotation for TLS passthrough here",
            ),
        })
        .prefault({}),
    tls: z
        .strictObject({
            mode: setting(
                enumType(["secret", "controller", "disabled"]).optional(),
                "Source of the certificate for the hostnames. `secret`: the Secret `expose.tls.secretName`. `controller`: the controller or Gateway has its own. `disabled`: no TLS; anyone on the network path can read Grafana's password. OTLP with `api: gateway` needs none of them, because the secure OTLP listener terminates its TLS.",
                { whenUnset: "`secret`; `controller` with `expose.gateway.name`" },
            ),
            secretName: setting(
                dnsSubdomain.optional(),
                "Name of a Secret in the stack's Namespace with the certificate and key (`tls.crt`, `tls.key`) for the hostnames. You create it; the stack never reads or changes it.",
                { whenUnset: "none; required with `expose.tls.mode: secret`" },
            ),
        })
        .prefault({}),
    gateway: z
        .strictObject({
            name: setting(
                dnsSubdomain.optional(),
                "Name of an existing Gateway to attach the routes to. The stack does not manage its listeners and certificates.",
                { whenUnset: "the stack creates a Gateway of the class `expose.className`" },
            ),
            namespace: setting(
                dnsSubdomain.optional(),
                "Namespace of the existing Gateway. Its listeners must allow routes from the stack's Namespace (`allowedRoutes`).",
                { whenUnset: "the stack's Namespace" },
            ),
            listener: setting(
                dnsSubdomain.optional(),
                "Listener of the existing Gateway (`sectionName`) for Grafana, Jaeger and Prometheus. Without it they are served on every matching listener, including one without TLS.",
                { whenUnset: "all listeners that accept HTTP routes" },
            ),
            passthroughListener: setting(
                dnsSubdomain.optional(),
                "Listener of the existing Gateway for OTLP, with protocol TLS and mode Passthrough.",
                { whenUnset: "all listeners that accept TLS routes" },
            ),
            httpPort: setting(
                integer(1, 65_535).default(80),
                "Port of the listeners without TLS on a Gateway that the stack creates. Some controllers, such as Traefik, expect the port of their pods here.",
            ),
            httpsPort: setting(
                integer(1, 65_535).default(443),
                "Port of the listeners with TLS on a Gateway that the stack creates.",
            ),
            annotations: setting(
                annotations.default({}),
                "Annotations of a Gateway that the stack creates, for example for cert-manager.",
            ),
        })
        .prefault({}),
    controller: z
        .strictObject({
            namespaceSelectors: setting(
                labelSets.default([]),
                "Labels of the Namespaces that run the controller's pods. The NetworkPolicies allow these pods to connect to the exposed workloads. Every Namespace has its name as the label `kubernetes.io/metadata.name`.",
            ),
            cidrs: setting(
                cidrs.default([]),
                "Additional CIDRs that the NetworkPolicies allow: those of the nodes for a controller on the host network, or those of a load balancer outside the cluster.",
            ),
        })
        .prefault({}),
});
