import Files
import Foundation
import YAML

/// What a SentencePiece `.model` says: pieces with their scores, the algorithm, and how texts are normalised.
struct SentencePieceFile: Sendable {
    /// What a piece is for.
    enum Role: Int, Sendable {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    /// An entry of the vocabulary; its place is its index.
    struct Piece: Sendable {
        var text: String
        var score = 0.0
        var role = Role.normal
    }

    /// How texts are cut.
    enum Algorithm: Int, Sendable {
        case unigram = 1
        case bytePairs, word, character
    }

    var pieces: [Piece] = []
    var algorithm = Algorithm.unigram
    /// The index of the piece that unknown text becomes.
    var unknown = 0
    /// Whether unknown text is spelled byte by byte.
    var fallsBackToBytes = false
    /// Whether white space stands behind words instead of before them.
    var hasSpaceBehind = false
    /// Whether a space is put before each text.
    var addsDummyPrefix = true
    /// Whether spaces at the ends go, and of several one stays.
    var removesExtraWhitespace = true
    /// Whether spaces become U+2581.
    var escapesWhitespace = true
    /// The table of what characters become; empty where there is none.
    var characterMap: [UInt8] = []
    /// The file.
    let location: SourceLocation
}

extension SentencePieceFile {
    /// Reads the file at `path`.
    init(_ path: String) throws(DataError) {
        let data: Data
        do { data = try FileContents.data(at: path) } catch { throw DataError(error) }
        try self.init(Array(data), at: SourceLocation(file: path))
    }

    /// Reads the bytes of a file.
    init(_ bytes: [UInt8], at location: SourceLocation) throws(DataError) {
        self.location = location
        do throws(ProtobufReader.Mistake) {
            try read(ProtobufReader(bytes[...]))
        } catch {
            throw DataError(
                "this is no SentencePiece model: at byte \(error.offset) \(error.message); take the file once more",
                at: location)
        }
        guard !pieces.isEmpty else { throw DataError("this SentencePiece model has no pieces", at: location) }
        guard pieces.indices.contains(unknown) else {
            throw DataError(
                "the SentencePiece model's 'unk_id' is \(unknown); its pieces end at \(pieces.count - 1)", at: location)
        }
    }

    private mutating func read(_ message: ProtobufReader) throws(ProtobufReader.Mistake) {
        var reader = message
        while let (field, value) = try reader.next() {
            guard let content = value.content else { continue }
            switch field {
            case 1: pieces.append(try Self.piece(ProtobufReader(content), at: content.startIndex))
            case 2: try readTrainer(ProtobufReader(content), at: content.startIndex)
            case 3: try readNormalizer(ProtobufReader(content))
            default: break
            }
        }
    }

    private static func piece(_ message: ProtobufReader, at offset: Int) throws(ProtobufReader.Mistake) -> Piece {
        var reader = message
        var piece = Piece(text: "")
        while let (field, value) = try reader.next() {
            switch field {
            case 1:
                guard let text = value.text else {
                    throw ProtobufReader.Mistake(offset: offset, message: "a piece is not UTF-8")
                }
                piece.text = text
            case 2:
                guard let score = value.float, score.isFinite else {
                    throw ProtobufReader.Mistake(offset: offset, message: "a piece's score is no number")
                }
                piece.score = Double(score)
            case 3:
                guard let role = value.integer.flatMap(Role.init) else {
                    throw ProtobufReader.Mistake(offset: offset, message: "a piece is of a kind that is not known")
                }
                piece.role = role
            default: break
            }
        }
        return piece
    }

    private mutating func readTrainer(
        _ message: ProtobufReader, at offset: Int
    ) throws(ProtobufReader.Mistake) {
        var reader = message
        while let (field, value) = try reader.next() {
            switch field {
            case 3:
                guard let known = value.integer.flatMap(Algorithm.init) else {
                    throw ProtobufReader.Mistake(offset: offset, message: "the algorithm is not known")
                }
                algorithm = known
            case 24: hasSpaceBehind = value.integer == 1
            case 35: fallsBackToBytes = value.integer == 1
            case 40: unknown = value.integer.map { Int(Int32(truncatingIfNeeded: $0)) } ?? 0
            default: break
            }
        }
    }

    private mutating func readNormalizer(_ message: ProtobufReader) throws(ProtobufReader.Mistake) {
        var reader = message
        while let (field, value) = try reader.next() {
            switch field {
            case 2: characterMap = value.content.map(Array.init) ?? []
            case 3: addsDummyPrefix = value.integer != 0
            case 4: removesExtraWhitespace = value.integer != 0
            case 5: escapesWhitespace = value.integer != 0
            default: break
            }
        }
    }
}
