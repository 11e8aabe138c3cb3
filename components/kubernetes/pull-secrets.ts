import * as pulumi from "@pulumi/pulumi";
import type { RegistryCredentials } from "../../config/model/images";
import { createImmutableSecret } from "./immutable-secret";
import { stableLabels } from "./labels";
import { renderSiblingName } from "./resource-names";

const OBJECT_NAME = "registry-credentials";

/** Docker Hub by the name in a Docker configuration. */
const DOCKER_HUB_REGISTRY = "docker.io";
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";

/** The Secrets with which nodes pull the images of a Namespace. */
export interface PullSecretArgs {
    /** Names of Secrets that the user creates. */
    readonly existing: readonly string[];
    /** A Docker configuration, as a Pulumi secret. Undefined if the settings have no credentials. */
    readonly dockerConfig: pulumi.Output<string> | undefined;
}

/** Renders the credentials as `docker login` writes them. */
export function renderDockerConfig(credentials: readonly RegistryCredentials[]): pulumi.Output<string> | undefined {
    const auths = credentials.map(({ registry, username, password }) => [
        registry === DOCKER_HUB_REGISTRY ? DOCKER_HUB_KEY : registry,
        { username, password, auth: Buffer.from(`${username}:${password}`).toString("base64") },
    ]);
    return auths.length === 0
        ? undefined
        : pulumi.secret(JSON.stringify({ auths: Object.fromEntries(auths) as object }));
}

/**
 * Creates the Secret with the credentials, if there are any.
 *
 * @param sibling Pulumi name of another resource of the stack.
 * @returns the names of all Secrets with which the pods of the Namespace pull images
 */
export function createPullSecrets(
    sibling: string,
    namespace: pulumi.Input<string>,
    { dockerConfig, existing }: PullSecretArgs,
    opts: pulumi.CustomResourceOptions,
): readonly pulumi.Input<string>[] {
    if (dockerConfig === undefined) {
        return existing;
    }
    const created = createImmutableSecret(
        renderSiblingName(sibling, OBJECT_NAME),
        {
            namespace,
            labels: stableLabels({ name: OBJECT_NAME, component: OBJECT_NAME }),
            type: "kubernetes.io/dockerconfigjson",
            data: { ".dockerconfigjson": dockerConfig },
        },
        opts,
    );
    return [...existing, created];
}
