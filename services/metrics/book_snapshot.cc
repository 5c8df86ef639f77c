#include "services/metrics/book_snapshot.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "services/metrics/day_number.h"
#include "services/metrics/dictionary.h"
#include "services/metrics/opportunity_facts.h"
#include "services/metrics/record_facts.h"

namespace quotacast::metrics {
namespace {

// Heads are written as they lie in memory, which is the same in every build.
static_assert(sizeof(OpportunityFactHead) == 40 && offsetof(OpportunityFactHead, key_hash) == 8 &&
              offsetof(OpportunityFactHead, fields_begin) == 16 &&
              offsetof(OpportunityFactHead, offset) == 24 &&
              offsetof(OpportunityFactHead, first) == 28 &&
              offsetof(OpportunityFactHead, previous) == 32 &&
              offsetof(OpportunityFactHead, fields_size) == 36 &&
              offsetof(OpportunityFactHead, kind) == 38 &&
              offsetof(OpportunityFactHead, is_late) == 39);

// What a run, a head and so on take at least, for checks of counts.
constexpr size_t kRunBytes = 20;
constexpr size_t kDayBytes = 12;
constexpr size_t kOpportunityBytes = 16;
constexpr size_t kReferenceFactBytes = 37;
constexpr size_t kRecordBytes = 16;
constexpr size_t kRecordFactBytes = 21;
constexpr size_t kTextBytes = 8;

template <typename Names>
auto DictionariesOf(Names& names) {
  return std::array{&names.opportunities, &names.reps,   &names.accounts, &names.products,
                    &names.segments,      &names.stages, &names.words,    &names.currencies};
}

void AddOptionalTime(const std::optional<absl::Time>& time, SnapshotWriter& writer) {
  writer.Add(static_cast<uint8_t>(time ? 1 : 0));
  if (time) writer.AddTime(*time);
}

std::optional<absl::Time> ReadOptionalTime(SnapshotReader& reader) {
  if (reader.Read<uint8_t>() == 0) return std::nullopt;
  return reader.ReadTime();
}

// Adds things [0, count) a slice at a time: `add` is called under the lock, the disk is not.
template <typename Add>
absl::Status AddInSlices(std::mutex& mutex, size_t count, SnapshotWriter& writer, Add add) {
  for (size_t next = 0; next < count;) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      while (next < count && writer.waiting_bytes() < kSnapshotSliceBytes) add(next++);
    }
    QC_RETURN_IF_ERROR(writer.Flush());
  }
  return absl::OkStatus();
}

absl::Status CheckWorkspace(std::string_view workspace, SnapshotReader& reader) {
  const std::string_view written_for = reader.ReadText();
  if (!reader.is_whole() || written_for == workspace) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("it is of workspace ", std::string(written_for.substr(0, 100))));
}

}  // namespace

// What there was at the beginning. All of it stays as it is while the book grows.
struct BookSnapshot::Extent {
  int64_t last_offset = 0;
  size_t run_count = 0;
  std::vector<OpportunityFacts::Opportunity> opportunities;
  size_t head_count = 0;
  uint64_t fields_end = 0;
  std::vector<size_t> name_counts;  // By dictionary.
  size_t reference_fact_count = 0;
  size_t record_name_count = 0;
};

void BookSnapshot::WriteHead(std::string_view workspace, const Book& book, SnapshotWriter& writer) {
  writer.AddText(workspace);
  writer.Add(book.last_offset_);
  writer.Add(book.last_erasure_offset_);
  writer.AddText(book.last_id_.source());
  writer.AddText(book.last_id_.source_key());
  writer.AddText(book.last_id_.version());
  writer.Add(uint64_t{book.opportunity_days_.size()});
  for (const auto& [day, offset] : book.opportunity_days_) {
    writer.Add(NumberOfDay(day));
    writer.Add(offset);
  }
}

absl::StatusOr<int64_t> BookSnapshot::Write(std::string_view workspace, const Book& book,
                                            SnapshotWriter& writer) {
  Extent extent;
  {
    std::lock_guard<std::mutex> lock(book.mutex_);
    if (book.last_offset_ == 0) return absl::FailedPreconditionError("the book is empty");
    if (book.last_erasure_offset_ > book.erasures_known_through_) {
      return absl::FailedPreconditionError("the book holds what was erased");
    }
    WriteHead(workspace, book, writer);
    extent.last_offset = book.last_offset_;
    extent.run_count = book.recorded_runs_.size();
    const OpportunityFacts& facts = book.opportunity_facts_;
    extent.opportunities = facts.opportunities_;
    extent.head_count = facts.heads_.size();
    extent.fields_end = facts.fields_end_;
    for (const Dictionary* names : DictionariesOf(facts.names_)) {
      extent.name_counts.push_back(names->size());
    }
    extent.reference_fact_count = book.reference_facts_.size();
    std::lock_guard<std::mutex> record_lock(book.record_facts_->mutex_);
    extent.record_name_count = book.record_facts_->names_.size();
  }
  writer.Add(uint64_t{extent.run_count});
  QC_RETURN_IF_ERROR(AddInSlices(book.mutex_, extent.run_count, writer, [&](size_t i) {
    writer.Add(book.recorded_runs_[i].first_offset);
    writer.AddTime(book.recorded_runs_[i].recorded);
  }));
  QC_RETURN_IF_ERROR(WriteOpportunities(book, extent, writer));
  QC_RETURN_IF_ERROR(WriteReferenceFacts(book, extent, writer));
  QC_RETURN_IF_ERROR(WriteRecordFacts(book, extent, writer));
  QC_RETURN_IF_ERROR(writer.Finish());
  return extent.last_offset;
}

absl::Status BookSnapshot::WriteOpportunities(const Book& book, const Extent& extent,
                                              SnapshotWriter& writer) {
  const OpportunityFacts& facts = book.opportunity_facts_;
  const auto dictionaries = DictionariesOf(facts.names_);
  for (size_t i = 0; i < dictionaries.size(); ++i) {
    const size_t count = extent.name_counts[i];
    writer.Add(uint64_t{count});
    QC_RETURN_IF_ERROR(AddInSlices(book.mutex_, count, writer, [&](size_t code) {
      writer.AddText(dictionaries[i]->At(static_cast<uint32_t>(code)));
    }));
  }
  writer.Add(uint64_t{extent.opportunities.size()});
  for (const OpportunityFacts::Opportunity& opportunity : extent.opportunities) {
    writer.Add(opportunity.last_fact);
    writer.Add(opportunity.fact_count);
    writer.Add(opportunity.key_bits);
    if (writer.waiting_bytes() > kSnapshotSliceBytes) QC_RETURN_IF_ERROR(writer.Flush());
  }
  writer.Add(uint64_t{extent.head_count});
  QC_RETURN_IF_ERROR(AddInSlices(book.mutex_, extent.head_count, writer, [&](size_t i) {
    const OpportunityFactHead& head = facts.heads_[i];
    writer.AddBytes({reinterpret_cast<const char*>(&head), sizeof(head)});
  }));
  writer.Add(extent.fields_end);
  constexpr size_t kBlock = OpportunityFacts::kBlockBytes;
  const size_t block_count = (extent.fields_end + kBlock - 1) / kBlock;
  return AddInSlices(book.mutex_, block_count, writer, [&](size_t i) {
    const size_t size = std::min<size_t>(kBlock, extent.fields_end - i * kBlock);
    writer.AddBytes({facts.blocks_[i]->data(), size});
  });
}

absl::Status BookSnapshot::WriteReferenceFacts(const Book& book, const Extent& extent,
                                               SnapshotWriter& writer) {
  writer.Add(uint64_t{extent.reference_fact_count});
  return AddInSlices(book.mutex_, extent.reference_fact_count, writer, [&](size_t i) {
    const Book::Fact& fact = book.reference_facts_[i];
    writer.Add(fact.offset);
    writer.Add(fact.fact_offset);
    writer.AddTime(fact.recorded);
    AddOptionalTime(fact.effective, writer);
    // The first saying knows what tells the fact from others.
    if (fact.fact_offset == fact.offset) writer.AddText(*fact.key);
    writer.AddText(fact.event.SerializeAsString());
  });
}

absl::Status BookSnapshot::WriteRecordFacts(const Book& book, const Extent& extent,
                                            SnapshotWriter& writer) {
  const RecordFacts& facts = *book.record_facts_;
  // Entries of the maps stay where they are.
  std::vector<const std::string*> names(extent.record_name_count);
  std::vector<const std::pair<const std::string, std::vector<RecordFacts::Fact>>*> records;
  {
    std::lock_guard<std::mutex> lock(facts.mutex_);
    for (const auto& [name, number] : facts.names_) {
      if (static_cast<size_t>(number) < names.size()) names[static_cast<size_t>(number)] = &name;
    }
    records.reserve(facts.facts_.size());
    for (const auto& entry : facts.facts_) {
      if (entry.second.front().offset <= extent.last_offset) records.push_back(&entry);
    }
  }
  std::sort(records.begin(), records.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  writer.Add(uint64_t{names.size()});
  for (const std::string* name : names) {
    writer.AddText(*name);
    if (writer.waiting_bytes() > kSnapshotSliceBytes) QC_RETURN_IF_ERROR(writer.Flush());
  }
  writer.Add(uint64_t{records.size()});
  return AddInSlices(facts.mutex_, records.size(), writer, [&](size_t i) {
    const std::vector<RecordFacts::Fact>& said = records[i]->second;
    const auto end = std::find_if(said.begin(), said.end(), [&](const RecordFacts::Fact& fact) {
      return fact.offset > extent.last_offset;
    });
    writer.AddText(records[i]->first);
    writer.Add(static_cast<uint64_t>(end - said.begin()));
    for (auto fact = said.begin(); fact != end; ++fact) {
      writer.Add(fact->offset);
      writer.Add(fact->name);
      AddOptionalTime(fact->effective, writer);
      writer.AddText(fact->event);
    }
  });
}

absl::StatusOr<int64_t> BookSnapshot::ReadOffset(std::string_view workspace,
                                                 std::string_view head) {
  QC_ASSIGN_OR_RETURN(const std::string_view content, AfterSnapshotHead(head));
  SnapshotReader reader(content);
  QC_RETURN_IF_ERROR(CheckWorkspace(workspace, reader));
  const auto last_offset = reader.Read<int64_t>();
  if (!reader.is_whole() || last_offset < 1) return absl::DataLossError("it is cut off");
  return last_offset;
}

absl::StatusOr<std::unique_ptr<Book>> BookSnapshot::Read(std::string_view workspace,
                                                         std::string_view file) {
  QC_ASSIGN_OR_RETURN(const std::string_view content, SnapshotContent(file));
  SnapshotReader reader(content);
  QC_RETURN_IF_ERROR(CheckWorkspace(workspace, reader));
  const auto last_offset = reader.Read<int64_t>();
  const auto last_erasure_offset = reader.Read<int64_t>();
  auto book = std::make_unique<Book>(last_erasure_offset);
  std::lock_guard<std::mutex> lock(book->mutex_);
  book->last_offset_ = last_offset;
  book->last_erasure_offset_ = last_erasure_offset;
  book->last_id_.set_source(std::string(reader.ReadText()));
  book->last_id_.set_source_key(std::string(reader.ReadText()));
  book->last_id_.set_version(std::string(reader.ReadText()));
  for (uint64_t left = reader.ReadCount(kDayBytes); left > 0; --left) {
    const auto day = reader.Read<int32_t>();
    book->opportunity_days_.emplace(DayOfNumber(day), reader.Read<int64_t>());
  }
  ReadRuns(reader, *book);
  ReadOpportunities(reader, *book);
  ReadReferenceFacts(reader, *book);
  ReadRecordFacts(reader, *book);
  if (!reader.is_whole() || !reader.at_end() || last_offset < 1 || book->recorded_runs_.empty()) {
    return absl::DataLossError("its content makes no sense");
  }
  return book;
}

void BookSnapshot::ReadRuns(SnapshotReader& reader, Book& book) {
  const uint64_t count = reader.ReadCount(kRunBytes);
  book.recorded_runs_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    const auto first_offset = reader.Read<int64_t>();
    book.recorded_runs_.push_back({first_offset, reader.ReadTime()});
  }
}

void BookSnapshot::ReadOpportunities(SnapshotReader& reader, Book& book) {
  OpportunityFacts& facts = book.opportunity_facts_;
  for (Dictionary* names : DictionariesOf(facts.names_)) {
    const uint64_t count = reader.ReadCount(kTextBytes);
    names->Reserve(count);
    for (uint64_t code = 0; code < count; ++code) {
      if (names->CodeOf(reader.ReadText()) != code) return reader.Fail();
    }
  }
  const uint64_t opportunity_count = reader.ReadCount(kOpportunityBytes);
  if (opportunity_count != facts.names_.opportunities.size()) return reader.Fail();
  facts.opportunities_.resize(opportunity_count);
  for (OpportunityFacts::Opportunity& opportunity : facts.opportunities_) {
    opportunity.last_fact = reader.Read<uint32_t>();
    opportunity.fact_count = reader.Read<uint32_t>();
    opportunity.key_bits = reader.Read<uint64_t>();
  }
  const uint64_t head_count = reader.ReadCount(sizeof(OpportunityFactHead));
  const std::string_view heads = reader.ReadBytes(head_count * sizeof(OpportunityFactHead));
  const auto fields_end = reader.Read<uint64_t>();
  const std::string_view fields = reader.ReadBytes(fields_end);
  if (!reader.is_whole()) return;

  constexpr size_t kBlock = OpportunityFacts::kBlockBytes;
  for (size_t i = 0; i < head_count; ++i) {
    const char* bytes = heads.data() + i * sizeof(OpportunityFactHead);
    if (static_cast<uint8_t>(bytes[offsetof(OpportunityFactHead, kind)]) >
            static_cast<uint8_t>(OpportunityFactKind::kMerge) ||
        static_cast<uint8_t>(bytes[offsetof(OpportunityFactHead, is_late)]) > 1) {
      return reader.Fail();
    }
    OpportunityFactHead head;
    std::memcpy(&head, bytes, sizeof(head));
    // Chains end, and fields lie within a block.
    if (head.first > i || (head.previous >= i && head.previous != OpportunityFactHead::kNoFact) ||
        head.offset > book.last_offset_ || head.fields_begin > fields_end ||
        head.fields_size > fields_end - head.fields_begin ||
        (head.fields_size > 0 && head.fields_begin % kBlock + head.fields_size > kBlock)) {
      return reader.Fail();
    }
    facts.heads_.push_back(head);
  }
  for (size_t begin = 0; begin < fields_end; begin += kBlock) {
    auto& block = facts.blocks_.emplace_back(std::make_unique<std::array<char, kBlock>>());
    const std::string_view bytes = fields.substr(begin, kBlock);
    std::copy(bytes.begin(), bytes.end(), block->data());
  }
  facts.fields_end_ = fields_end;
  for (uint32_t code = 0; code < opportunity_count; ++code) {
    const OpportunityFacts::Opportunity& opportunity = facts.opportunities_[code];
    if (opportunity.last_fact >= head_count) return reader.Fail();
    if (opportunity.fact_count >= OpportunityFacts::kMaxWalk) facts.IndexKeys(code, opportunity);
  }
  // All histories are made when first asked for; the cache knows how far facts go.
  if (head_count > 0) book.deal_histories_.Touch(0, facts.heads_.back().offset);
}

void BookSnapshot::ReadReferenceFacts(SnapshotReader& reader, Book& book) {
  for (uint64_t left = reader.ReadCount(kReferenceFactBytes); left > 0; --left) {
    Book::Fact fact;
    fact.offset = reader.Read<int64_t>();
    fact.fact_offset = reader.Read<int64_t>();
    fact.recorded = reader.ReadTime();
    fact.effective = ReadOptionalTime(reader);
    if (fact.fact_offset == fact.offset) {
      fact.key = &book.first_offset_of_fact_.emplace(reader.ReadText(), fact.offset).first->first;
    }
    const std::string_view event = reader.ReadText();
    if (!fact.event.ParseFromArray(event.data(), static_cast<int>(event.size()))) {
      return reader.Fail();
    }
    book.AddReferenceFact(std::move(fact));
  }
}

void BookSnapshot::ReadRecordFacts(SnapshotReader& reader, Book& book) {
  RecordFacts& facts = *book.record_facts_;
  std::lock_guard<std::mutex> lock(facts.mutex_);
  const uint64_t name_count = reader.ReadCount(kTextBytes);
  for (uint64_t number = 0; number < name_count; ++number) {
    facts.NumberOf(std::string(reader.ReadText()));
    if (facts.names_.size() != number + 1) return reader.Fail();
  }
  for (uint64_t left = reader.ReadCount(kRecordBytes); left > 0; --left) {
    const std::string key(reader.ReadText());
    for (uint64_t facts_left = reader.ReadCount(kRecordFactBytes); facts_left > 0; --facts_left) {
      RecordFacts::Fact fact;
      fact.offset = reader.Read<int64_t>();
      fact.name = reader.Read<int32_t>();
      fact.effective = ReadOptionalTime(reader);
      fact.event = std::string(reader.ReadText());
      if (fact.name < 0 || static_cast<uint64_t>(fact.name) >= name_count) return reader.Fail();
      facts.Keep(key, std::move(fact));
    }
  }
}

}  // namespace quotacast::metrics
