#include "tools/gen/names.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace quotacast::gen {
namespace {

constexpr std::array<const char*, 24> kFirstNames = {
    "Ada",  "Bruno", "Chloe", "Dmitri", "Elena", "Femi",  "Greta", "Hugo",
    "Ines", "Jonas", "Kavya", "Liam",   "Mei",   "Nadia", "Omar",  "Priya",
    "Quin", "Rosa",  "Sven",  "Tara",   "Umar",  "Vera",  "Wen",   "Yara"};
constexpr std::array<const char*, 41> kLastNames = {
    "Abara",    "Bauer",  "Costa",  "Dunn",    "Eriksen", "Fuchs",  "Garcia", "Haddad", "Ito",
    "Jensen",   "Kapoor", "Lopez",  "Moreau",  "Novak",   "Okafor", "Park",   "Quist",  "Rossi",
    "Sato",     "Tran",   "Ueda",   "Varga",   "Weber",   "Xu",     "Yilmaz", "Zeman",  "Almeida",
    "Brandt",   "Castro", "Dubois", "Evans",   "Ferrari", "Gruber", "Hansen", "Ivanov", "Janssen",
    "Kowalski", "Lindt",  "Murphy", "Nilsson", "Osman"};
constexpr std::array<const char*, 40> kCompanyHeads = {
    "Alder",   "Basalt",  "Cobalt",  "Delta",  "Ember",   "Fjord",  "Garnet", "Harbor",
    "Iris",    "Juniper", "Kestrel", "Lumen",  "Mistral", "Nimbus", "Onyx",   "Pinnacle",
    "Quartz",  "Raven",   "Summit",  "Tundra", "Umbra",   "Vertex", "Willow", "Xenon",
    "Yarrow",  "Zephyr",  "Aspen",   "Birch",  "Cedar",   "Dune",   "Echo",   "Falcon",
    "Glacier", "Heron",   "Indigo",  "Jasper", "Krona",   "Lynx",   "Maple",  "Nova"};
constexpr std::array<const char*, 20> kCompanyTails = {
    "Works",    "Systems",  "Foods",     "Energy",   "Retail",    "Health", "Motors",
    "Textiles", "Freight",  "Labs",      "Plastics", "Logistics", "Paper",  "Chemicals",
    "Optics",   "Airlines", "Insurance", "Pharma",   "Ceramics",  "Tools"};
constexpr std::array<const char*, 8> kCompanyForms = {
    "", "Group", "Holding", "Partners", "North", "Industries", "International", "South"};
constexpr std::array<const char*, 16> kAmericanCities = {
    "Boston", "Denver",  "Chicago",      "Toronto", "Atlanta", "Seattle",  "Dallas",    "Montreal",
    "Miami",  "Phoenix", "Philadelphia", "Calgary", "Detroit", "Portland", "Charlotte", "Austin"};
constexpr std::array<const char*, 16> kEuropeanCities = {
    "Hamburg", "Madrid", "Oslo",   "Milan",  "Berlin",  "Lyon",     "Stockholm", "Lisbon",
    "Dublin",  "Vienna", "Warsaw", "Zurich", "Antwerp", "Valencia", "Helsinki",  "Porto"};

template <size_t N>
std::string CityOf(const std::array<const char*, N>& cities, int index) {
  const auto round = static_cast<size_t>(index) / N;
  return round == 0 ? std::string(cities[index]) : absl::StrCat(cities[index % N], " ", round + 1);
}

}  // namespace

// 24 and 41 have no common factor, so every pair comes once before the first comes again; the
// factor 7 keeps the two lists from running in step.
std::string PersonName(int index) {
  const auto round = static_cast<size_t>(index) / (kFirstNames.size() * kLastNames.size());
  const char* first = kFirstNames[index % kFirstNames.size()];
  const char* last = kLastNames[index * 7 % kLastNames.size()];
  if (round == 0) return absl::StrCat(first, " ", last);
  const std::string initial(1, static_cast<char>('A' + round % 26));
  return absl::StrCat(first, " ", initial, round < 26 ? "" : absl::StrCat(round / 26 + 1), ". ",
                      last);
}

std::string CompanyName(int64_t index) {
  const auto n = static_cast<size_t>(index);
  const size_t head = n % kCompanyHeads.size();
  const size_t block = n / kCompanyHeads.size();
  // The tails are shifted from head to head, so that neighbours differ in both.
  const size_t tail = (block + head * 7) % kCompanyTails.size();
  const size_t round = block / kCompanyTails.size();
  std::string name = absl::StrCat(kCompanyHeads[head], " ", kCompanyTails[tail]);
  const size_t form = round % kCompanyForms.size();
  if (form > 0) absl::StrAppend(&name, " ", kCompanyForms[form]);
  if (round >= kCompanyForms.size()) absl::StrAppend(&name, " ", round / kCompanyForms.size() + 1);
  return name;
}

// Seats are dealt to two American and two European teams in turn, so every second pair is one
// region's.
std::string TerritoryName(int index, bool is_emea) {
  const int within_region = index / 4 * 2 + index % 2;
  return is_emea ? CityOf(kEuropeanCities, within_region) : CityOf(kAmericanCities, within_region);
}

}  // namespace quotacast::gen
