/** A span from Jaeger. */
export interface Span {
    readonly spanId: string;
    /** Span id of the parent. Undefined for a root span. */
    readonly parentId?: string | undefined;
    readonly service: string;
    readonly name: string;
    /** Microseconds since the Unix epoch. */
    readonly start: number;
    /** Microseconds. */
    readonly duration: number;
    /** Whether the span status is an error. */
    readonly hasError: boolean;
}

export interface Trace {
    readonly traceId: string;
    readonly spans: readonly Span[];
}

/** A span and its position in the tree. */
export interface Row {
    readonly span: Span;
    /** Row of the parent. Undefined for a root. */
    readonly parent?: Row;
    /** 0 for a root. */
    readonly depth: number;
    /** Whether another child of the same parent follows. */
    readonly hasNextSibling: boolean;
    /** Whether the span names a parent that is not in the tree above it. */
    readonly isOrphan: boolean;
}

/**
 * Orders the spans of a trace as a tree: parents before children, siblings by start time.
 *
 * Every span appears exactly once, also in an incomplete or malformed trace. A span without its parent becomes a root.
 */
export function buildTree(spans: readonly Span[]): readonly Row[] {
    const sorted = [...spans].sort(compareByStart);
    const ids = new Set(sorted.map(({ spanId }) => spanId));
    const children = new Map<string, Span[]>();
    const roots: Row[] = [];
    for (const span of sorted) {
        const { parentId } = span;
        if (parentId === undefined || !ids.has(parentId)) {
            roots.push(createRoot(span));
            continue;
        }
        const siblings = children.get(parentId);
        if (siblings === undefined) {
            children.set(parentId, [span]);
        } else {
            siblings.push(span);
        }
    }
    const rows: Row[] = [];
    const placed = new Set<Span>();
    const place = (root: Row): void => {
        // Iterative, because a trace may be deeper than the call stack.
        const rest = [root];
        for (let row = rest.pop(); row !== undefined; row = rest.pop()) {
            const parent = row;
            if (placed.has(parent.span)) {
                continue;
            }
            placed.add(parent.span);
            rows.push(parent);
            const below = children.get(parent.span.spanId) ?? [];
            // If two spans have the same id, the first one gets the children.
            children.delete(parent.span.spanId);
            below.reverse().forEach((span, i) => {
                rest.push({ span, parent, depth: parent.depth + 1, hasNextSibling: i > 0, isOrphan: false });
            });
        }
    };
    roots.forEach(place);
    // Spans in a cycle of parents are not reachable from a root.
    sorted
        .filter((span) => !placed.has(span))
        .forEach((span) => {
            place(createRoot(span));
        });
    return rows;
}

function createRoot(span: Span): Row {
    return { span, depth: 0, hasNextSibling: false, isOrphan: span.parentId !== undefined };
}

function compareByStart(one: Span, other: Span): number {
    return one.start - other.start || (one.spanId < other.spanId ? -1 : 1);
}
