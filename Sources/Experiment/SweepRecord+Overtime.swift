import Results
import Sweeps

extension SweepRecord {
    /// The failure of an attempt that has ended by itself when its time was over.
    func overtime(afterStep step: Int) -> Failure {
        Failure("its time of \(limitText) was over after step \(step); its state is kept", isFinal: true)
    }

    /// The failure of an attempt that did not end by itself when its time was over.
    ///
    /// - Parameter end: how it was ended.
    public func hang(of end: String) -> Failure {
        Failure(
            "its time of \(limitText) was over, and \(FigureText.duration(killTime)) later it had not ended: \(end)",
            isFinal: true)
    }

    /// `time limit: 30 m 00 s`
    var limitWords: String { "time limit: \(limitText)" }

    private var limitText: String { FigureText.duration(timeLimit ?? 0) }
}
