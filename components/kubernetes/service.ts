import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { headlessServiceName } from "./endpoint";
import type { Labels } from "./labels";
import { parseObjectName } from "./resource-names";

/** A port of a Service. Its target is the container's port with the same name. */
export interface ServicePort {
    readonly name: string;
    readonly port: number;
    readonly appProtocol: "grpc" | "http" | "https";
}

export interface ServiceArgs extends Pick<
    types.input.core.v1.ServiceSpec,
    "clusterIP" | "internalTrafficPolicy" | "publishNotReadyAddresses"
> {
    readonly namespace: pulumi.Input<string>;
    /** Labels of the pods. */
    readonly labels: Labels;
    readonly ports: readonly ServicePort[];
}

/**
 * The provider would wait ten seconds after each change of the endpoints, and accepts a Service without ready pods. The
 * stack waits for the workload's pods instead.
 */
const SKIP_AWAIT = { "pulumi.com/skipAwait": "true" } as const;

/** Creates a Service of the pods with the labels. A workload may have several. */
export function createService(
    name: string,
    { namespace, labels, ports, ...spec }: ServiceArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    new Service(
        name,
        {
            metadata: { name: parseObjectName(name), namespace, labels: labels.all, annotations: SKIP_AWAIT },
            spec: {
                ...spec,
                selector: labels.selector,
                ports: ports.map((port) => ({ ...port, targetPort: port.name })),
            },
        },
        opts,
    );
}

/**
 * Creates the headless Service of a workload, whose DNS name has the addresses of all pods. It includes pods that are
 * not ready, which Prometheus must scrape too, and which must find each other.
 */
export function createHeadlessService(
    workload: string,
    args: Pick<ServiceArgs, "labels" | "namespace" | "ports">,
    opts: pulumi.CustomResourceOptions,
): void {
    createService(headlessServiceName(workload), { ...args, clusterIP: "None", publishNotReadyAddresses: true }, opts);
}
