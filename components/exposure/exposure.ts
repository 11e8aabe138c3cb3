import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import * as pulumi from "@pulumi/pulumi";
import type { TlsMode } from "../../config/model/expose";
import type { ExposeSettings } from "../../config/schema/schema";
import { STACK_LABELS, selectorFor } from "../kubernetes/labels";
import type { ExposureTarget } from "./targets";
import { findListener, GATEWAY_API, type ParentRef, renderGatewaySpec, routeKind, renderRouteSpec } from "./gateway";
import { renderIngressSpec } from "./ingress";

/** Name of the Gateway that the stack creates. */
const GATEWAY_NAME = "otel-stack";

export interface ExposureArgs extends Pick<ExposeSettings, "api" | "className" | "gateway" | "tls"> {
    readonly tlsMode: TlsMode;
    readonly namespace: pulumi.Input<string>;
    /** What is exposed outside the cluster. */
    readonly targets: readonly ExposureTarget[];
}

/**
 * Routes external hostnames to the stack, with an Ingress or the Gateway API. The cluster's controller implements these
 * objects.
 */
export class Exposure extends pulumi.ComponentResource {
    /** URLs of the hosts, by object name. */
    readonly urls: Readonly<Record<string, string>>;

    constructor(name: string, args: ExposureArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Exposure", name, args, opts);

        if (args.api === "ingress") {
            this.createIngresses(name, args);
        } else {
            const createGateway = this.gateway(name, args);
            for (const backend of args.targets) {
                this.createRoute(name, args, backend, createGateway);
            }
        }

        this.urls = Object.fromEntries(args.targets.map((target) => [target.name, target.url]));
        this.registerOutputs({ urls: this.urls });
    }

    private createIngresses(prefix: string, args: ExposureArgs): void {
        const { targets: backends, className, tls, tlsMode } = args;
        const spec = {
            className,
            tls: tlsMode !== "disabled",
            secretName: tlsMode === "secret" ? tls.secretName : undefined,
        };
        for (const backend of backends) {
            new Ingress(
                `${prefix}-${backend.name}`,
                {
                    metadata: renderMetadata(backend.name, "ingress", args, {
                        ...backend.annotations,
                        // Not every controller reports in the status that it has accepted the object.
                        "pulumi.com/skipAwait": "true",
                    }),
                    spec: renderIngressSpec(backend, spec),
                },
                { parent: this },
            );
        }
    }

    private gateway(prefix: string, args: ExposureArgs): CustomResource | undefined {
        const { targets: backends, className, gateway, tls } = args;
        if (className === undefined) {
            return undefined;
        }
        return new CustomResource(
            `${prefix}-gateway`,
            {
                apiVersion: GATEWAY_API,
                kind: "Gateway",
                metadata: renderMetadata(GATEWAY_NAME, "gateway", args, gateway.annotations),
                spec: renderGatewaySpec(backends, { ...gateway, className, secretName: tls.secretName }),
            },
            { parent: this },
        );
    }

    private createRoute(
        prefix: string,
        args: ExposureArgs,
        backend: ExposureTarget,
        gateway: CustomResource | undefined,
    ): void {
        new CustomResource(
            `${prefix}-${backend.name}`,
            {
                apiVersion: GATEWAY_API,
                kind: routeKind(backend),
                metadata: renderMetadata(backend.name, "route", args, backend.annotations),
                spec: renderRouteSpec(backend, resolveParentRef(args, backend)),
            },
            { parent: this, dependsOn: gateway ? [gateway] : [] },
        );
    }
}

function resolveParentRef({ gateway, targets }: ExposureArgs, target: ExposureTarget): ParentRef {
    if (gateway.name === undefined) {
        return { name: GATEWAY_NAME, sectionName: findListener(targets, target) };
    }
    const sectionName = target.passthrough ? gateway.passthroughListener : gateway.listener;
    return {
        name: gateway.name,
        ...(gateway.namespace === undefined ? {} : { namespace: gateway.namespace }),
        ...(sectionName === undefined ? {} : { sectionName }),
    };
}

function renderMetadata(
    name: string,
    component: string,
    { namespace }: ExposureArgs,
    annotations: Readonly<Record<string, string>>,
): object {
    const labels = { ...selectorFor(name), ...STACK_LABELS, "app.kubernetes.io/component": component };
    return { name, namespace, labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
}
