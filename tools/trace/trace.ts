/** A span as Jaeger has it. */
export interface Span {
    readonly spanId: string;
    /** Of the span that this one is part of; a root has none. */
    readonly parentId?: string | undefined;
    readonly service: string;
    readonly name: string;
    /** Microseconds since 1970. */
    readonly start: number;
    /** Microseconds. */
    readonly duration: number;
    /** Whether its status is an error. */
    readonly hasError: boolean;
}

export interface Trace {
    readonly traceId: string;
    readonly spans: readonly Span[];
}

/** A span at its place in the tree. */
export interface Row {
    readonly span: Span;
    /** The row of its parent; a root has none. */
    readonly parent?: Row;
    /** 0 for a root. */
    readonly depth: number;
    /** Whether another child of the same parent follows below. */
    readonly hasNextSibling: boolean;
    /** Whether the span has a parent, but none from which it could hang. */
    readonly isOrphan: boolean;
}

/**
 * The spans of a trace in the order of a tree: each before its children, siblings by their start. Every span is in it
 * once, whatever was lost or is wrong: one whose parent is missing is a root.
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
        // A list and no recursion: a trace may be deeper than the call stack.
        const rest = [root];
        for (let row = rest.pop(); row !== undefined; row = rest.pop()) {
            const parent = row;
            if (placed.has(parent.span)) {
                continue;
            }
            placed.add(parent.span);
            rows.push(parent);
            const below = children.get(parent.span.spanId) ?? [];
            // Where two spans have the same id, the children are shown below the first.
            children.delete(parent.span.spanId);
            below.reverse().forEach((span, i) => {
                rest.push({ span, parent, depth: parent.depth + 1, hasNextSibling: i > 0, isOrphan: false });
            });
        }
    };
    roots.forEach(place);
    // Spans that are each other's parents hang from no root.
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
