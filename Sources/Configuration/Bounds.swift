import YAML

/// The values that a key may take, between two ends that each may be open, closed or absent.
public struct Bounds<Bound: Comparable> {
    struct End {
        let value: Bound
        let isIncluded: Bool
    }

    let lower: End?
    let upper: End?

    func contains(_ value: Bound) -> Bool {
        let isHighEnough = lower.map { $0.isIncluded ? value >= $0.value : value > $0.value } ?? true
        let isLowEnough = upper.map { $0.isIncluded ? value <= $0.value : value < $0.value } ?? true
        return isHighEnough && isLowEnough
    }
}

extension Bounds: Sendable where Bound: Sendable {}
extension Bounds.End: Sendable where Bound: Sendable {}

/// What may stand behind `in:` of a field: Swift's ranges, and `Bounds`.
public protocol ValueRange<Bound> {
    /// The type of the values.
    associatedtype Bound: Comparable
    /// The two ends.
    var bounds: Bounds<Bound> { get }
}

extension Bounds: ValueRange {
    /// These bounds.
    public var bounds: Bounds<Bound> { self }

    /// Every value.
    public static var all: Self { Bounds(lower: nil, upper: nil) }
}

extension ValueRange {
    /// Every value above `lower`, which is itself not allowed: a learning rate.
    public static func above<Value>(_ lower: Value) -> Bounds<Value> where Self == Bounds<Value> {
        Bounds(lower: .init(value: lower, isIncluded: false), upper: nil)
    }

    /// Every value above `lower`, which is itself not allowed, up to `upper`, which is.
    public static func above<Value>(_ lower: Value, through upper: Value) -> Bounds<Value>
    where Self == Bounds<Value> {
        Bounds(lower: .init(value: lower, isIncluded: false), upper: .init(value: upper, isIncluded: true))
    }
}

extension ValueRange {
    /// Every value between `lower` and `upper`, neither of which is allowed.
    public static func between<Value>(_ lower: Value, _ upper: Value) -> Bounds<Value> where Self == Bounds<Value> {
        Bounds(lower: .init(value: lower, isIncluded: false), upper: .init(value: upper, isIncluded: false))
    }
}

extension ClosedRange: ValueRange {
    /// Both ends allowed.
    public var bounds: Bounds<Bound> {
        Bounds(
            lower: .init(value: lowerBound, isIncluded: true), upper: .init(value: upperBound, isIncluded: true))
    }
}

extension Range: ValueRange {
    /// The upper end not allowed.
    public var bounds: Bounds<Bound> {
        Bounds(
            lower: .init(value: lowerBound, isIncluded: true), upper: .init(value: upperBound, isIncluded: false))
    }
}

extension PartialRangeFrom: ValueRange {
    /// No upper end.
    public var bounds: Bounds<Bound> { Bounds(lower: .init(value: lowerBound, isIncluded: true), upper: nil) }
}

extension PartialRangeThrough: ValueRange {
    /// No lower end.
    public var bounds: Bounds<Bound> { Bounds(lower: nil, upper: .init(value: upperBound, isIncluded: true)) }
}

extension PartialRangeUpTo: ValueRange {
    /// No lower end, the upper end not allowed.
    public var bounds: Bounds<Bound> { Bounds(lower: nil, upper: .init(value: upperBound, isIncluded: false)) }
}

extension Bounds {
    /// ` from 1 to 8`, ` of at least 0`, ` above 0 and at most 1`: what follows the name of the type.
    func words(_ text: (Bound) -> String) -> String {
        switch (lower, upper) {
        case (nil, nil): return ""
        case (nil, let upper?): return (upper.isIncluded ? " of at most " : " below ") + text(upper.value)
        case (let lower?, nil): return (lower.isIncluded ? " of at least " : " above ") + text(lower.value)
        case (let lower?, let upper?):
            let start = (lower.isIncluded ? " from " : " above ") + text(lower.value)
            let joint =
                lower.isIncluded
                ? (upper.isIncluded ? " to " : " to below ") : (upper.isIncluded ? " and at most " : " and below ")
            return start + joint + text(upper.value)
        }
    }

    /// The ends in the words of JSON Schema.
    func schema(_ json: (Bound) -> JSON) -> [String: JSON] {
        var schema: [String: JSON] = [:]
        if let lower { schema[lower.isIncluded ? "minimum" : "exclusiveMinimum"] = json(lower.value) }
        if let upper { schema[upper.isIncluded ? "maximum" : "exclusiveMaximum"] = json(upper.value) }
        return schema
    }
}
