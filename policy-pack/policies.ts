/** A value of a manifest. */
type Value = Readonly<Record<string, unknown>>;

/** A rule for each Kubernetes object. */
export interface ConventionPolicy {
    readonly name: string;
    readonly description: string;
    /** @returns what is wrong, and what is required; nothing for kinds that the policy is not about. */
    readonly findViolations: (manifest: Value) => readonly string[];
}

const LABEL_PREFIX = "app.kubernetes.io/";
export const RECOMMENDED_LABELS = ["name", "instance", "version", "component", "part-of", "managed-by"];
/** Labels that objects of a kind do not have: they belong to several programs, or to none, and so have no version. */
export const LABEL_EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
    Namespace: ["instance", "version"],
    NetworkPolicy: ["version"],
    Gateway: ["version"],
    HTTPRoute: ["version"],
    Ingress: ["version"],
    TLSRoute: ["version"],
};
/** Labels that never change: the selector of a Deployment is immutable. */
const SELECTOR_LABELS = ["instance", "name"].map((label) => LABEL_PREFIX + label);
const LONG_RUNNING_KINDS = ["Deployment", "StatefulSet", "DaemonSet"];
/** Volume types of the restricted Pod Security Standard. */
const RESTRICTED_VOLUMES = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];
const HOST_FIELDS = ["hostNetwork", "hostPID", "hostIPC"];
const RESOURCES = ["cpu", "ephemeral-storage", "memory"];

export const POLICIES: readonly ConventionPolicy[] = [
    {
        name: "recommended-labels",
        description: "Objects and pod templates have the recommended labels of Kubernetes.",
        findViolations: (manifest: Value): readonly string[] => {
            const exceptions = LABEL_EXCEPTIONS[String(manifest.kind)] ?? [];
            const required = RECOMMENDED_LABELS.filter((label) => !exceptions.includes(label));
            const template = getRecord(manifest, "spec", "template", "metadata");
            return [
                ...findMissingLabels("metadata.labels", getRecord(manifest, "metadata"), required),
                ...(findPodSpec(manifest) && manifest.kind !== "Pod" && manifest.kind !== "CronJob"
                    ? findMissingLabels("the pod template", template, required)
                    : []),
            ];
        },
    },
    {
        name: "constant-selectors",
        description: "Workloads and Services select pods by two labels that never change.",
        findViolations: (manifest: Value): readonly string[] => {
            const selector =
                manifest.kind === "Service"
                    ? getRecord(manifest, "spec", "selector")
                    : LONG_RUNNING_KINDS.includes(String(manifest.kind))
                      ? getRecord(manifest, "spec", "selector", "matchLabels")
                      : undefined;
            // A Service without a selector, such as one with its own EndpointSlices, is valid.
            const keys = Object.keys(selector ?? {}).sort();
            return selector === undefined || keys.join() === SELECTOR_LABELS.join()
                ? []
                : [`the selector must have the labels ${SELECTOR_LABELS.join(" and ")} only (got ${keys.join(", ")})`];
        },
    },
    {
        name: "exact-images",
        description: "Containers have an image with an exact tag or a digest.",
        findViolations: (manifest: Value): readonly string[] =>
            listContainers(manifest)
                .filter(({ image }) => !isExactImage(String(image)))
                .map(
                    ({ image, name }) =>
                        `container ${String(name)} must have an image with an exact tag or a digest (got ${String(image)})`,
                ),
    },
    {
        name: "restricted-pods",
        description:
            "Pods meet the restricted Pod Security Standard, have a read-only root file system and a numeric user.",
        findViolations: (manifest: Value): readonly string[] => {
            const pod = findPodSpec(manifest);
            return pod === undefined ? [] : findUnrestricted(pod);
        },
    },
    {
        name: "no-host-access",
        description: "Pods use no namespaces, ports and folders of the host.",
        findViolations: (manifest: Value): readonly string[] => {
            const pod = findPodSpec(manifest) ?? {};
            return [
                ...HOST_FIELDS.filter((field) => pod[field] === true).map((field) => `the pod must not set ${field}`),
                ...listRecords(pod.volumes)
                    .filter(({ hostPath }) => hostPath !== undefined)
                    .map(({ name }) => `volume ${String(name)} must not have a hostPath`),
                ...listContainers(manifest)
                    .filter(({ ports }) => listRecords(ports).some(({ hostPort }) => hostPort !== undefined))
                    .map(({ name }) => `container ${String(name)} must not have a hostPort`),
            ];
        },
    },
    {
        name: "no-api-access",
        description: "Pods mount no token of a service account, and have no variables of Services.",
        findViolations: (manifest: Value): readonly string[] => {
            const pod = findPodSpec(manifest);
            return pod === undefined
                ? []
                : ["automountServiceAccountToken", "enableServiceLinks"]
                      .filter((field) => pod[field] !== false)
                      .map((field) => `the pod must set ${field} to false`);
        },
    },
    {
        name: "requests-and-limits",
        description: "Containers have requests and limits for CPU, memory and ephemeral storage.",
        findViolations: (manifest: Value): readonly string[] =>
            listContainers(manifest).flatMap((container) =>
                ["requests", "limits"].flatMap((kind) => {
                    const amounts = getRecord(container, "resources", kind) ?? {};
                    const missing = RESOURCES.filter((resource) => amounts[resource] === undefined);
                    return missing.length === 0
                        ? []
                        : [`container ${String(container.name)} must have ${kind} of ${missing.join(", ")}`];
                }),
            ),
    },
    {
        name: "probes",
        description: "Containers of long-running workloads have a readiness and a liveness probe.",
        findViolations: (manifest: Value): readonly string[] =>
            LONG_RUNNING_KINDS.includes(String(manifest.kind))
                ? listRecords(findPodSpec(manifest)?.containers).flatMap((container) =>
                      ["readinessProbe", "livenessProbe"]
                          .filter((probe) => container[probe] === undefined)
                          .map((probe) => `container ${String(container.name)} must have a ${probe}`),
                  )
                : [],
    },
    {
        name: "internal-services",
        description: "Services are reachable from inside the cluster only.",
        findViolations: (manifest: Value): readonly string[] => {
            const spec = manifest.kind === "Service" ? (getRecord(manifest, "spec") ?? {}) : {};
            const type = typeof spec.type === "string" ? spec.type : "ClusterIP";
            const external = Object.keys(spec).filter((key) =>
                /^external|^loadBalancer|^healthCheckNodePort/.test(key),
            );
            return [
                ...(type === "ClusterIP" ? [] : [`the Service must have the type ClusterIP (got ${type})`]),
                ...external.map((key) => `the Service must not set ${key}`),
                ...(listRecords(spec.ports).some(({ nodePort }) => nodePort !== undefined)
                    ? ["the Service must not have a nodePort"]
                    : []),
            ];
        },
    },
];

function findMissingLabels(place: string, metadata: Value | undefined, required: readonly string[]): readonly string[] {
    const labels = getRecord(metadata ?? {}, "labels") ?? {};
    const missing = required.map((label) => LABEL_PREFIX + label).filter((label) => !labels[label]);
    return missing.length === 0 ? [] : [`${place} must have ${missing.join(", ")}`];
}

/** An image with a tag other than latest, or with a digest. A port of the registry is no tag. */
function isExactImage(image: string): boolean {
    const [, tag] = /:([\w.-]+)$/.exec(image) ?? [];
    return image.includes("@sha256:") || (tag !== undefined && tag !== "latest");
}

function findUnrestricted(pod: Value): readonly string[] {
    const shared = getRecord(pod, "securityContext") ?? {};
    const volumes = listRecords(pod.volumes).filter((volume) =>
        Object.keys(volume).some((key) => key !== "name" && !RESTRICTED_VOLUMES.includes(key)),
    );
    return [
        ...volumes.map(
            ({ name }) => `volume ${String(name)} must have one of the types ${RESTRICTED_VOLUMES.join(", ")}`,
        ),
        ...listPodContainers(pod).flatMap((container) => {
            const own = getRecord(container, "securityContext") ?? {};
            const either = { ...shared, ...own };
            const checks: readonly (readonly [boolean, string])[] = [
                [own.allowPrivilegeEscalation === false, "allowPrivilegeEscalation to false"],
                [own.readOnlyRootFilesystem === true, "readOnlyRootFilesystem to true"],
                [dropsAll(own) && addsNothing(own), "capabilities to drop ALL and add none"],
                [own.privileged !== true, "privileged to nothing but false"],
                [either.runAsNonRoot === true, "runAsNonRoot to true"],
                [typeof either.runAsUser === "number" && either.runAsUser > 0, "runAsUser to a number above 0"],
                [
                    ["RuntimeDefault", "Localhost"].includes(String(getRecord(either, "seccompProfile")?.type)),
                    "seccompProfile to RuntimeDefault",
                ],
            ];
            return checks
                .filter(([holds]) => !holds)
                .map(
                    ([, required]) => `the securityContext of container ${String(container.name)} must set ${required}`,
                );
        }),
    ];
}

function dropsAll(context: Value): boolean {
    const drop = getRecord(context, "capabilities")?.drop;
    return Array.isArray(drop) && drop.includes("ALL");
}

function addsNothing(context: Value): boolean {
    const add = getRecord(context, "capabilities")?.add;
    return add === undefined || (Array.isArray(add) && add.length === 0);
}

/** The pod of a workload, of a CronJob, or of a plain Pod. */
function findPodSpec(manifest: Value): Value | undefined {
    return manifest.kind === "Pod"
        ? getRecord(manifest, "spec")
        : (getRecord(manifest, "spec", "template", "spec") ??
              getRecord(manifest, "spec", "jobTemplate", "spec", "template", "spec"));
}

function listContainers(manifest: Value): readonly Value[] {
    return listPodContainers(findPodSpec(manifest) ?? {});
}

function listPodContainers({ containers, initContainers }: Value): readonly Value[] {
    return [...listRecords(initContainers), ...listRecords(containers)];
}

function getRecord(value: Value, ...path: readonly string[]): Value | undefined {
    return path.reduce<Value | undefined>((found, key) => {
        const child = found?.[key];
        return isRecord(child) ? child : undefined;
    }, value);
}

function listRecords(value: unknown): readonly Value[] {
    return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Value {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
