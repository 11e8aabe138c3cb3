import type { GoModule } from "./go-modules";

export interface BuildProgress {
    /** Describes the progress: part number, number of parts, elapsed time and estimated remaining time. */
    describe(module: GoModule): string;
    /** Ends a part, and describes how long it took. */
    finish(module: GoModule): string;
}

/**
 * Tracks the progress of sequential builds.
 *
 * The estimates in sandbox/go-modules.ts are from one machine. The times of finished parts on this machine scale them.
 */
export function createBuildProgress(modules: readonly GoModule[], now: () => number = Date.now): BuildProgress {
    const started = now();
    let partStarted = started;
    let finishedEstimate = 0;
    let finishedTime = 0;

    const secondsLeft = (index: number): number => {
        const pace = finishedEstimate > 0 ? finishedTime / finishedEstimate : 1;
        const partTime = (now() - partStarted) / 1000;
        const part = Math.max((modules[index]?.estimate ?? 0) * pace - partTime, 0);
        return modules.slice(index + 1).reduce((sum, { estimate }) => sum + estimate * pace, part);
    };
    return {
        describe(module) {
            const index = modules.indexOf(module);
            const left = formatDuration(secondsLeft(index) * 1000);
            return `${index + 1} of ${modules.length}, ${formatDuration(now() - started)} so far, about ${left} left`;
        },
        finish(module) {
            const took = now() - partStarted;
            finishedTime += took / 1000;
            finishedEstimate += module.estimate;
            partStarted = now();
            return `${modules.indexOf(module) + 1} of ${modules.length}, took ${formatDuration(took)}`;
        },
    };
}

/** Formats minutes and seconds, for example 8:05. */
export function formatDuration(milliseconds: number): string {
    const seconds = Math.round(milliseconds / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
