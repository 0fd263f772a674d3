import Configuration
import NN
import Results
import Sweeps
import YAML

/// What a sweep will do and need: every trial with its plan, and what has been done already.
public struct SweepPlan: Sendable {
    /// One trial.
    public struct Trial: Sendable {
        /// The trial, and its identity.
        public let trial: SweepManifest.Trial, id: RunID
        /// What its run will do and need; nil for one that has ended and was not looked at.
        public let plan: Plan?
        /// How it stands.
        public let state: SweepLedger.State

        /// Seconds of training and of all evaluations.
        var seconds: Double? {
            plan.map { plan in
                let settings = trial.resolved.manifest.train
                let between =
                    switch settings.evaluationStrategy {
                    case .no: plan.steps
                    case .epoch: plan.stepsPerEpoch
                    case .steps: settings.evaluationSteps ?? plan.steps
                    }
                let count = max(1, (plan.steps + max(1, between) - 1) / max(1, between))
                return plan.trainingSeconds + plan.activationSeconds + Double(count) * plan.evaluationSeconds
            }
        }
    }

    /// What was written down.
    public let manifest: SweepManifest
    /// The trials; one that is the same run as an earlier one is left out.
    public let trials: [Trial]
    /// How many were left out for that reason.
    public let repeatedCount: Int
    /// Where the processes of the sweep meet.
    public let folder: SweepFolder
    /// What they are told there.
    public let record: SweepRecord

    /// The plan of a sweep.
    ///
    /// - Parameter isComplete: look at trials that have ended as well.
    /// - Throws: what keeps a trial's data or model from being read, with the trial that it is of.
    public init(
        _ manifest: SweepManifest, _ workspace: Workspace, retries: Int, timeLimit: Double?, killTime: Double = 60,
        isComplete: Bool
    ) throws {
        let workspace = workspace.shared
        self.manifest = manifest
        var known: Set<RunID> = []
        var distinct: [(trial: SweepManifest.Trial, id: RunID)] = []
        for trial in manifest.trials {
            let digests = try Self.naming(trial) { try Assembly.digests(trial.resolved, workspace) }
            let id = RunID(manifest: trial.resolved.identity, files: digests)
            if known.insert(id).inserted { distinct.append((trial, id)) }
        }
        repeatedCount = manifest.trials.count - distinct.count
        var record = SweepRecord(
            name: manifest.name, manifest: manifest.file,
            trials: distinct.map { .init(id: $0.id.text, title: $0.trial.title, overrides: $0.trial.overrides) },
            retries: retries, timeLimit: timeLimit, killTime: killTime, earlyStopping: manifest.earlyStopping)
        folder = SweepFolder(results: workspace.results, name: manifest.name, id: record.id)
        let ledger = SweepLedger(folder, record)
        var probes: [Precision: ProductProbe] = [:]
        func probe(_ precision: Precision) -> ProductProbe {
            if let made = probes[precision] { return made }
            let made = ProductProbe(workspace, precision)
            probes[precision] = made
            return made
        }
        var trials: [Trial] = []
        for (index, (trial, id)) in distinct.enumerated() {
            let state = try ledger.state(of: record.trials[index])
            let isLookedAt = isComplete || !state.isDone
            let plan =
                isLookedAt
                ? try Self.naming(trial) {
                    let assembly = try Assembly(trial.resolved, workspace)
                    return try Plan(assembly, probe(assembly.productPrecision))
                } : nil
            let planned = Trial(trial: trial, id: id, plan: plan, state: state)
            trials.append(planned)
            record.trials[index].peakBytes = plan?.peakBytes
            record.trials[index].steps = plan?.steps
            record.trials[index].seconds = planned.seconds
        }
        self.trials = trials
        self.record = record
    }

    /// Does `body`; what goes wrong is told with the trial that it is of.
    private static func naming<Value>(_ trial: SweepManifest.Trial, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let mistakes as Diagnostics {
            throw mistakes
        } catch let error as any PlacedError where error.isPlaced {
            throw error
        } catch {
            throw SweepError("\(error) (trial '\(trial.title)')")
        }
    }

    /// The trials that are to be run.
    public var openTrials: [Trial] { trials.filter { !$0.state.isDone } }

    /// Seconds that the open trials take one after the other.
    public var openSeconds: Double { openTrials.reduce(0) { $0 + ($1.seconds ?? 0) } }

    /// Seconds until the last of the open trials ends, each begun when one of `jobs` workers is free.
    public func seconds(jobs: Int) -> Double {
        var free = Array(repeating: 0.0, count: max(1, jobs))
        for trial in openTrials {
            guard let next = free.indices.min(by: { free[$0] < free[$1] }) else { break }
            free[next] += trial.seconds ?? 0
        }
        return free.max() ?? 0
    }

    /// Writes down what the workers need, and forgets earlier failures, so that what failed is tried again.
    public func prepare() throws {
        for trial in trials where !trial.state.isDone { try folder.forgetFailures(of: trial.id.text) }
        let texts = trials.map { ($0.id.text, $0.trial.resolved.text) }
        try folder.write(record, manifests: Dictionary(texts) { first, _ in first })
    }
}

extension SweepLedger.State {
    /// Whether there is a result, or the sweep's rule has decided that there shall be none.
    public var isDone: Bool {
        switch self {
        case .finished, .pruned: true
        case .open, .failed: false
        }
    }
}
