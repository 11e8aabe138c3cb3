import * as z from "zod";
import { dnsSubdomains } from "../types/dns";
import { IMAGES, image, imageRegistry, registryHost } from "../types/image";
import { enumType, secretText, stringType } from "../types/values";
import { setting } from "./setting";

export const PULL_POLICIES = ["IfNotPresent", "Always", "Never"] as const;
export type PullPolicy = (typeof PULL_POLICIES)[number];

/** Credentials of one registry. */
const registryCredentials = z.strictObject({
    registry: setting(registryHost.optional(), "Registry that accepts the credentials.", {
        whenUnset: "the host of `images.registry`",
    }),
    username: setting(
        stringType("string", "a user name without spaces and colons", (value) => /^[^\s:]+$/.test(value)).optional(),
        "User name for the registry, such as that of a robot account.",
        { whenUnset: "none; required for each registry" },
    ),
    password: setting(
        secretText.optional(),
        "Password or access token for the registry. Set it with `pulumi config set --secret --path`. In the cluster it is stored in a Secret only. A changed value replaces the pods.",
        { whenUnset: "none; required for each registry", secret: "always" },
    ),
});

/** The images of all workloads, and how nodes pull them. */
export const images = z.strictObject({
    registry: setting(
        imageRegistry.optional(),
        "Registry that replaces the registry of every image, also of images that are set below. It may have a path: with `mirror.example.com/hub`, `prom/prometheus:v3` becomes `mirror.example.com/hub/prom/prometheus:v3`. `make images` prints the result (docs/how-to/private-registry.md).",
        { whenUnset: "each image keeps its registry" },
    ),
    pullPolicy: setting(
        enumType(PULL_POLICIES).default("IfNotPresent"),
        "When nodes pull images. `Always` verifies at each start of a container that the registry still accepts the credentials; pods then do not start while the registry is down. `Never` uses only images that were loaded onto the nodes.",
        { rationale: "Tags and digests do not change." },
    ),
    pullSecrets: setting(
        dnsSubdomains.default([]),
        "Names of existing Secrets of type `kubernetes.io/dockerconfigjson` with credentials of registries. They must be in the stack's Namespace, and in that of `clusterTelemetry` if it is used.",
    ),
    credentials: z
        .record(z.string(), registryCredentials, {
            error: "must be a map from a name to the credentials of a registry, such as { mirror: { username: ..., password: ... } }",
        })
        .default({}),
    alertmanager: setting(image.default(IMAGES.alertmanager), "Image of Alertmanager."),
    shop: setting(image.optional(), "Image of the shop, built from shop/ (docs/how-to/run-the-shop.md).", {
        whenUnset: "none; required with `shop.enabled`",
    }),
    agent: setting(image.optional(), "Image of the Collectors of `clusterTelemetry`.", {
        whenUnset: "the value of `images.collector`",
    }),
    collector: setting(
        image.default(IMAGES.collector),
        "Image of the OpenTelemetry Collector. The stack needs components of the contrib distribution.",
    ),
    grafana: setting(image.default(IMAGES.grafana), "Image of Grafana."),
    jaeger: setting(image.default(IMAGES.jaeger), "Image of Jaeger 2."),
    loki: setting(image.default(IMAGES.loki), "Image of Loki."),
    prometheus: setting(image.default(IMAGES.prometheus), "Image of Prometheus."),
    telemetrygen: setting(image.default(IMAGES.telemetrygen), "Image of telemetrygen."),
    victoriaLogs: setting(image.default(IMAGES.victoriaLogs), "Image of VictoriaLogs."),
});
