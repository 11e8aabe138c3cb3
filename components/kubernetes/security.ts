import type { types } from "@pulumi/kubernetes";

/**
 * The restricted Pod Security Standard for a pod whose image runs as that numeric user (a named one, as Prometheus'
 * image has, cannot be checked by the kubelet), with the same group for its files.
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
 * Root, for what reads files of the node that are root's alone. A container of it has no capability, so that it opens
 * what root owns, and no file of anybody else that is closed to others.
 */
export function rootPodSecurity(): types.input.core.v1.PodSecurityContext {
    return { runAsGroup: 0, runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } };
}

/** The rest of the standard, which stands at each container, and a read-only root. */
export function restrictedContainerSecurity(): types.input.core.v1.SecurityContext {
    return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
    };
}
