/// Whether what the frozen layers make of a data set was computed once and kept, as `result.json` says it.
public struct ActivationUse: Equatable, Sendable {
    /// Where it was kept.
    public enum Place: String, Sendable {
        case off, memory, disk
    }

    /// Where it was kept.
    public var place = Place.off
    /// Why it was not.
    public var reason: String?
    /// The lowest layer that was computed in each step; the number of layers where none was.
    public var layer: Int?
    /// The bytes that were kept.
    public var bytes: Int?

    /// Nothing was kept.
    public init() {}
}

extension ActivationUse: RecordSection {
    /// The place as it is written; a word of later versions is passed over.
    private var placeName: String {
        get { place.rawValue }
        set { place = Place(rawValue: newValue) ?? place }
    }

    static let fields: [RecordField<Self>] = [
        .text("place", \.placeName), .text("reason", \.reason), .integer("layer", \.layer), .integer("bytes", \.bytes),
    ]
}
