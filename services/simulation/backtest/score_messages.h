// Scores to messages, the track record, and what a summary says in plain words.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_SCORE_MESSAGES_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_SCORE_MESSAGES_H_

#include <string>
#include <string_view>
#include <vector>

#include "quotacast/simulation/v1/backtest.pb.h"
#include "quotacast/type/v1/certificate.pb.h"
#include "services/simulation/field_values.h"
#include "simulator/backtest/score_record.h"

namespace quotacast::simulation {

// "weighted pipeline (B0)".
std::string_view BaselineWords(simulator::Baseline baseline);
v1::Baseline BaselineMessage(simulator::Baseline baseline);
v1::Level LevelMessage(simulator::ForecastLevel level);

// `week` 0: over all weeks. Intervals of coverage reach at each end to the further of that by
// periods and Wilson's; where none or all outcomes were covered or there is one period, there is
// Wilson's alone, and the reason says so.
v1::LevelScores LevelScoresFrom(const simulator::LevelSummary& summary, int week,
                                const CurrencyUnit& currency);

// The organisation's line over all weeks. Its baseline is the one the forecasts do worst against.
// as_of, engine and models are the caller's to fill in.
type::v1::TrackRecord TrackRecordFrom(const simulator::LevelSummary& organisation);

// "6 forecasts of 2 periods, 2017Q2 to 2017Q3: what the organisation booked lay inside the 80 %
// interval 5 times of 6; forecasts were 12 % better than weighted pipeline (B0), the best baseline.
// Fewer than 8 periods: this tells a direction only."
std::string BacktestSentence(const simulator::LevelSummary& organisation, std::string_view first,
                             std::string_view last);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_SCORE_MESSAGES_H_
