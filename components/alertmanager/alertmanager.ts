import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AlertmanagerPlan, Receiver } from "../../config/model/alertmanager";
import { MIB, parseBytes, parseSeconds } from "../../config/types/units";
import { createHashedConfigMap } from "../kubernetes/config-map";
import { createDisruptionBudget } from "../kubernetes/disruption-budget";
import { type Endpoint, headlessServiceName, podHosts, serviceEndpoint } from "../kubernetes/endpoint";
import { createImmutableSecret } from "../kubernetes/immutable-secret";
import { type Labels, labelsFor } from "../kubernetes/labels";
import {
    type MountedSecret,
    type PodOptions,
    goMemLimitEnv,
    mountConfigMapFiles,
    mountSecret,
    probes,
    renderPodTemplate,
    spreadAcrossNodes,
} from "../kubernetes/pod";
import { parseObjectName } from "../kubernetes/resource-names";
import { createHeadlessService } from "../kubernetes/service";
import { renderClaimTemplate } from "../kubernetes/volume-claim";
import { createWorkload } from "../kubernetes/workload";
import { renderYaml } from "../telemetry/yaml";
import {
    ALERTMANAGER_PORTS,
    type AlertmanagerConfigArgs,
    TEMPLATES_FILE,
    resolveSecretDir,
    renderAlertmanagerConfig,
} from "./config";
import { renderTemplates } from "./templates";

const CONFIG_DIR = "/etc/alertmanager";
const CONFIG_FILE = `${CONFIG_DIR}/alertmanager.yml`;
const DATA_DIR = "/alertmanager";
const DATA_VOLUME = "data";
/** `nobody`, the USER of the image, as a number. */
const ALERTMANAGER_USER = 65534;
/** For the container's log. */
const LOG_MIB = 64;
/**
 * How often silences are written to disk, in addition to when Alertmanager stops. One that is killed loses newer ones.
 */
const SNAPSHOT_INTERVAL = "1m";

/** A receiver whose secrets are marked as Pulumi secrets, which a component can hold. */
export type ReceiverWithSecrets = Omit<Receiver, "secrets"> & {
    readonly secrets: readonly { readonly key: string; readonly value: pulumi.Output<string> | undefined }[];
};

/** Marks the secrets as Pulumi secrets again. Pulumi returns structured settings with their secrets as plain text. */
export function markReceiverSecrets(receivers: readonly Receiver[]): readonly ReceiverWithSecrets[] {
    return receivers.map((receiver) => ({
        ...receiver,
        secrets: receiver.secrets.map(({ key, value }) => ({
            key,
            value: value === undefined ? undefined : pulumi.secret(value),
        })),
    }));
}

export interface AlertmanagerArgs
    extends
        AlertmanagerConfigArgs,
        Pick<
            AlertmanagerPlan,
            "externalUrl" | "persistence" | "replicas" | "resources" | "retention" | "startDelaySeconds" | "volumeSize"
        > {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly pods: PodOptions;
    readonly rolloutTimeout: string;
    readonly receivers: readonly ReceiverWithSecrets[];
    /** Addresses for gossip of all pods. */
    readonly peers: readonly string[];
}

export interface AlertmanagerEndpoints {
    readonly api: Endpoint;
    /** Address of the API of each pod. A Prometheus sends alerts to all of them. */
    readonly pods: readonly string[];
    /** Address for gossip of each pod. */
    readonly peers: readonly string[];
}

export function alertmanagerEndpoints(name: string, namespace: string, replicas: number): AlertmanagerEndpoints {
    const hosts = podHosts(name, `${headlessServiceName(name)}.${namespace}`, replicas);
    return {
        api: serviceEndpoint(name, namespace, ALERTMANAGER_PORTS.http),
        pods: hosts.map((host) => `${host}:${ALERTMANAGER_PORTS.http}`),
        peers: hosts.map((host) => `${host}:${ALERTMANAGER_PORTS.gossip}`),
    };
}

/**
 * Sends notifications about the alerts of Prometheus. Several pods share silences and the record of sent notifications:
 * https://prometheus.io/docs/alerting/latest/high_availability/
 */
export class Alertmanager extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<AlertmanagerEndpoints>;

    constructor(name: string, args: AlertmanagerArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Alertmanager", name, args, opts);

        const { image, namespace, replicas, rolloutTimeout } = args;
        const objectName = parseObjectName(name);
        const labels = labelsFor({ name: objectName, component: "alert-manager", image });
        const config = createHashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: renderConfigFiles(args) },
            { parent: this },
        );
        const claim = { size: args.volumeSize, storageClass: args.persistence.storageClass };
        const secrets = args.receivers.flatMap((receiver) => this.mountSecrets(name, receiver, args, labels));

        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                replicas,
                // Stable names, so that pods find each other.
                strategy: {
                    governingService: headlessServiceName(objectName),
                    ...(args.persistence.enabled ? { claims: [renderClaimTemplate(DATA_VOLUME, labels, claim)] } : {}),
                },
                template: renderAlertmanagerPod(args, labels, config.metadata.name, secrets),
                ports: [HTTP_PORT],
            },
            { parent: this },
        );
        createHeadlessService(name, { namespace, labels, ports: [HTTP_PORT] }, { parent: this });
        if (replicas > 1) {
            createDisruptionBudget(name, { namespace, labels }, { parent: this });
        }

        this.endpoints = pulumi.output(namespace).apply((ns) => alertmanagerEndpoints(objectName, ns, replicas));
        this.registerOutputs({ endpoints: this.endpoints });
    }

    /** Mounts the Secret of a receiver, and creates it if the settings contain the secrets. */
    private mountSecrets(
        name: string,
        receiver: ReceiverWithSecrets,
        { namespace }: AlertmanagerArgs,
        labels: Labels,
    ): MountedSecret[] {
        const { secrets } = receiver;
        if (secrets.length === 0) {
            return [];
        }
        const createSecret = () =>
            createImmutableSecret(
                `${name}-${receiver.name}-secrets`,
                {
                    namespace,
                    labels: labels.all,
                    data: Object.fromEntries(
                        secrets.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
                    ),
                },
                { parent: this },
            );
        return [
            mountSecret(
                `receiver-${receiver.name}`,
                receiver.secretName ?? createSecret(),
                resolveSecretDir(receiver.name),
                secrets.map(({ key }) => key),
            ),
        ];
    }
}

const HTTP_PORT = { name: "http", port: ALERTMANAGER_PORTS.http, appProtocol: "http" } as const;

function renderConfigFiles(args: AlertmanagerArgs): Readonly<Record<string, string>> {
    return { "alertmanager.yml": renderYaml(renderAlertmanagerConfig(args)), [TEMPLATES_FILE]: renderTemplates() };
}

/** https://github.com/prometheus/alertmanager#high-availability */
function renderGossipFlags({ peers, replicas }: AlertmanagerArgs): readonly string[] {
    const { gossip } = ALERTMANAGER_PORTS;
    return replicas > 1
        ? [
              `--cluster.listen-address=0.0.0.0:${gossip}`,
              // Alertmanager would reject a public address. The brackets are for IPv6.
              `--cluster.advertise-address=[$(POD_IP)]:${gossip}`,
              ...peers.map((peer) => `--cluster.peer=${peer}`),
          ]
        : ["--cluster.listen-address="];
}

function renderAlertmanagerPod(
    args: AlertmanagerArgs,
    labels: Labels,
    config: pulumi.Input<string>,
    secrets: readonly MountedSecret[],
): types.input.core.v1.PodTemplateSpec {
    const { externalUrl, image, persistence, replicas, resources, retention, startDelaySeconds, volumeSize } = args;
    const mib = Math.ceil(parseBytes(volumeSize) / MIB);
    const files = mountConfigMapFiles(config, [CONFIG_FILE, `${CONFIG_DIR}/${TEMPLATES_FILE}`]);
    const isCluster = replicas > 1;
    return renderPodTemplate({
        name: "alertmanager",
        labels,
        image,
        user: ALERTMANAGER_USER,
        args: [
            `--config.file=${CONFIG_FILE}`,
            `--storage.path=${DATA_DIR}`,
            `--data.retention=${parseSeconds(retention)}s`,
            `--data.maintenance-interval=${SNAPSHOT_INTERVAL}`,
            `--web.external-url=${externalUrl}`,
            `--dispatch.start-delay=${startDelaySeconds}s`,
            // The stack's alerts and `make alert-test` name the receiver.
            "--enable-feature=receiver-name-in-metrics",
            ...renderGossipFlags(args),
        ],
        resources,
        pods: args.pods,
        ...(persistence.enabled ? {} : { ephemeralStorage: { request: "64Mi", limit: `${mib + LOG_MIB}Mi` } }),
        container: {
            env: [
                goMemLimitEnv(resources),
                ...(isCluster ? [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }] : []),
            ],
            ports: [
                { name: HTTP_PORT.name, containerPort: HTTP_PORT.port },
                ...(isCluster
                    ? [
                          { name: "gossip", containerPort: ALERTMANAGER_PORTS.gossip },
                          { name: "gossip-udp", containerPort: ALERTMANAGER_PORTS.gossip, protocol: "UDP" },
                      ]
                    : []),
            ],
            ...probes({ port: HTTP_PORT.name, live: "/-/healthy", ready: "/-/ready" }),
            volumeMounts: [
                ...files.mounts,
                { name: DATA_VOLUME, mountPath: DATA_DIR },
                ...secrets.map(({ mount }) => mount),
            ],
        },
        spec: {
            ...(isCluster ? spreadAcrossNodes(labels) : {}),
            volumes: [
                ...files.volumes,
                ...(persistence.enabled ? [] : [{ name: DATA_VOLUME, emptyDir: { sizeLimit: `${mib}Mi` } }]),
                ...secrets.map(({ volume }) => volume),
            ],
        },
    });
}
