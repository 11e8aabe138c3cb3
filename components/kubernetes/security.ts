import type { types } from "@pulumi/kubernetes";

/**
 * The restricted Pod Security Standard for a pod with a numeric user and the same group for its files. The kubelet
 * cannot verify that a named user, as in Prometheus' image, is not root.
 */
export function restrictedPodSecurity(user: number): types.input.core.v1.PodSecurityContext {
    return {
        fsGroup: user,
        runAsGroup: user,
        runAsNonRoot: true,
        runAsUser: user,
        seccompProfile: { type: "RuntimeDefault" },
    };
}

/**
 * Root, for reading files of the node that only root may read. Its containers have no capabilities, so they can read
 * root's files, but not other users' private files.
 */
export function rootPodSecurity(): types.input.core.v1.PodSecurityContext {
    return { runAsGroup: 0, runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } };
}

/** The container part of the restricted standard, and a read-only root file system. */
export function restrictedContainerSecurity(): types.input.core.v1.SecurityContext {
    return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
    };
}
