import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import * as pulumi from "@pulumi/pulumi";
import { certificateOf } from "../../config/publish";
import type { PublishSettings } from "../../config/schema";
import { STACK_LABELS, selectorOf } from "../shared/labels";
import type { Backend } from "./backends";
import { GATEWAY_API, type ParentRef, gatewaySpec, routeKind, routeSpec } from "./gateway";
import { ingressSpec } from "./ingress";

/** Of the Gateway that the stack makes. */
const GATEWAY = "otel-stack";

export interface PublishArgs extends Pick<PublishSettings, "api" | "className" | "gateway" | "tls"> {
    readonly namespace: pulumi.Input<string>;
    /** What is reached from outside of the cluster. */
    readonly backends: readonly Backend[];
}

/** Leads names from outside of the cluster to the stack; a controller that is there does what these objects say. */
export class Publish extends pulumi.ComponentResource {
    constructor(name: string, args: PublishArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Publish", name, args, opts);

        if (args.api === "ingress") {
            this.ingresses(name, args);
        } else {
            const gateway = this.gateway(name, args);
            for (const backend of args.backends) {
                this.route(name, args, backend, gateway);
            }
        }

        this.registerOutputs();
    }

    private ingresses(prefix: string, args: PublishArgs): void {
        const { backends, className, tls } = args;
        const certificate = certificateOf({ publish: args });
        const spec = {
            className,
            tls: certificate !== "none",
            secretName: certificate === "secret" ? tls.secretName : undefined,
        };
        for (const backend of backends) {
            new Ingress(
                `${prefix}-${backend.name}`,
                {
                    metadata: metadataOf(backend.name, "ingress", args, {
                        ...backend.annotations,
                        // Not every controller says in the status that it has taken it.
                        "pulumi.com/skipAwait": "true",
                    }),
                    spec: ingressSpec(backend, spec),
                },
                { parent: this },
            );
        }
    }

    /** The Gateway that the stack makes, if it makes one. */
    private gateway(prefix: string, args: PublishArgs): CustomResource | undefined {
        const { backends, className, gateway, tls } = args;
        if (className === undefined) {
            return undefined;
        }
        return new CustomResource(
            `${prefix}-gateway`,
            {
                apiVersion: GATEWAY_API,
                kind: "Gateway",
                metadata: metadataOf(GATEWAY, "gateway", args, gateway.annotations),
                spec: gatewaySpec(backends, { ...gateway, className, secretName: tls.secretName }),
            },
            { parent: this },
        );
    }

    private route(prefix: string, args: PublishArgs, backend: Backend, gateway: CustomResource | undefined): void {
        new CustomResource(
            `${prefix}-${backend.name}`,
            {
                apiVersion: GATEWAY_API,
                kind: routeKind(backend),
                metadata: metadataOf(backend.name, "route", args, backend.annotations),
                spec: routeSpec(backend, parentOf(args, backend)),
            },
            { parent: this, dependsOn: gateway ? [gateway] : [] },
        );
    }
}

function parentOf({ gateway }: PublishArgs, { name, passthrough }: Backend): ParentRef {
    if (gateway.name === undefined) {
        return { name: GATEWAY, sectionName: name };
    }
    const sectionName = passthrough ? gateway.passthroughListener : gateway.listener;
    return {
        name: gateway.name,
        ...(gateway.namespace === undefined ? {} : { namespace: gateway.namespace }),
        ...(sectionName === undefined ? {} : { sectionName }),
    };
}

function metadataOf(
    name: string,
    component: string,
    { namespace }: PublishArgs,
    annotations: Readonly<Record<string, string>>,
): object {
    const labels = { ...selectorOf(name), ...STACK_LABELS, "app.kubernetes.io/component": component };
    return { name, namespace, labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
}
