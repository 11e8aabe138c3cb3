import type { types } from "@pulumi/kubernetes";

/**
 * The restricted Pod Security Standard for a pod whose image runs as that numeric user (a named one, as Prometheus'
 * image has, cannot be checked by the kubelet), with the same group for its files.
 */
export function restrictedPod(user: number): types.input.core.v1.PodSecurityContext {
    return {
        fsGroup: user,
        runAsGroup: user,
        runAsNonRoot: true,
        runAsUser: user,
        seccompProfile: { type: "RuntimeDefault" },
    };
}

/** The rest of the standard, which stands at each container, and a read-only root. */
export function restrictedContainer(): types.input.core.v1.SecurityContext {
    return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
    };
}
