import { countDestinationQueues, resolveDestinations } from "../model/destinations";
import { usesPersistentQueues, maxReplayDelaySeconds, queueVolumeMiB } from "../model/durability";
import { LOG_STORE_KEYS, hasLogStore } from "../model/log-stores";
import { type Rule, minimumSize } from "./rule";
import { forEachTier } from "./per-tier";
import { isPodClaim, resolveStoredData } from "../model/stored-data";
import {
    BACKENDS_WITH_VOLUME,
    SIZE_LIMITED_BACKENDS,
    type BackendWithVolume,
    isAtLeastMiB,
    requiredVolumeMiB,
} from "../model/volumes";
import { parseSeconds } from "../types/units";

/** Space for the write-ahead logs of Jaeger's storage. */
const MIN_JAEGER_VOLUME_SIZE = "512Mi";

/** Prometheus also deletes by size, but only blocks and not the write-ahead log. */
function volumeFitsRetention(backend: BackendWithVolume): Rule {
    return {
        key: `${backend}.volumeSize`,
        check: (settings) => {
            const { enabled, retention, volumeSize } = settings[backend];
            const needed = requiredVolumeMiB(backend, settings);
            return enabled &&
                usesPersistentQueues(settings) &&
                volumeSize !== undefined &&
                !isAtLeastMiB(volumeSize, needed)
                ? `must be at least ${needed}Mi (${backend}.retention ${retention} at durability.itemsPerSecond ${settings.durability.itemsPerSecond})`
                : undefined;
        },
    };
}

function retentionCoversOutage(backend: BackendWithVolume): Rule {
    return {
        key: `${backend}.retention`,
        check: (settings) => {
            const { enabled, retention } = settings[backend];
            const replay = maxReplayDelaySeconds(settings);
            return enabled && usesPersistentQueues(settings) && parseSeconds(retention) < replay
                ? `must be at least ${replay}s (twice durability.maxOutage); otherwise the backend deletes telemetry that arrives after an outage`
                : undefined;
        },
    };
}

const queueVolumeFits = forEachTier({
    key: "collector.queue.volumeSize",
    check: (tier) => {
        const { volumeSize } = tier.queue;
        const needed = queueVolumeMiB(tier);
        return usesPersistentQueues(tier) && volumeSize !== undefined && !isAtLeastMiB(volumeSize, needed)
            ? `must be at least ${needed}Mi (the full queues plus space to compact one); the size of a queue follows from collector.queue.size or durability.maxOutage`
            : undefined;
    },
});

/** Two writers on one volume would corrupt its data. */
const claimsAreDistinct: readonly Rule[] = BACKENDS_WITH_VOLUME.map((backend) => ({
    key: `${backend}.persistence.existingClaim`,
    check: (settings) => {
        const { existingClaim } = settings[backend].persistence;
        if (existingClaim === undefined) {
            return undefined;
        }
        const { volumes } = resolveStoredData(settings);
        const own = volumes.findIndex(({ owner }) => owner === backend);
        const other = volumes.find(
            ({ claim, size }, index) =>
                // Of two backends with the same claim, the second one has the issue.
                (size === undefined ? index < own : index !== own) &&
                (claim === existingClaim || isPodClaim(existingClaim, claim)),
        );
        return other === undefined
            ? undefined
            : `must not be ${existingClaim}, which ${other.owner} uses; each backend needs a claim of its own`;
    },
}));

const existingClaimsHaveSize: readonly Rule[] = SIZE_LIMITED_BACKENDS.map((backend) => ({
    key: `${backend}.volumeSize`,
    check: (settings) => {
        const { enabled, persistence, volumeSize } = settings[backend];
        return enabled && persistence.enabled && persistence.existingClaim !== undefined && volumeSize === undefined
            ? `must be the size of claim ${persistence.existingClaim}; the backend deletes old data before the volume is full`
            : undefined;
    },
}));

export const durabilityRules: readonly Rule[] = [
    ...claimsAreDistinct,
    ...existingClaimsHaveSize,
    ...BACKENDS_WITH_VOLUME.map(retentionCoversOutage),
    ...BACKENDS_WITH_VOLUME.map(volumeFitsRetention),
    minimumSize("jaeger.volumeSize", ({ jaeger }) => jaeger.volumeSize, MIN_JAEGER_VOLUME_SIZE),
    {
        key: "durability.mode",
        check: (settings) =>
            usesPersistentQueues(settings) &&
            !settings.jaeger.enabled &&
            !settings.prometheus.enabled &&
            !hasLogStore(settings) &&
            countDestinationQueues(resolveDestinations(settings)) === 0
                ? `must be memory because no backend or destination needs a queue; to use persistent queues, set one of jaeger.enabled, ${LOG_STORE_KEYS.join(", ")} or prometheus.enabled to true`
                : undefined,
    },
    ...queueVolumeFits,
];
