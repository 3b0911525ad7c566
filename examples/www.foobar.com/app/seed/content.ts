// The first people and their posts. These people have no password, so no visitor can log in as one of them.
import type { DrawingName } from "./drawings.ts";

interface SeedComment {
  readonly by: string;
  /** How many hours after the post the comment was written. */
  readonly after: number;
  readonly body: string;
}

interface SeedPost {
  readonly by: string;
  /** How many hours ago the post was written. */
  readonly ago: number;
  readonly title: string;
  readonly body: string;
  readonly drawing?: DrawingName;
  readonly comments: readonly SeedComment[];
}

export const PEOPLE: Readonly<Record<string, string>> = {
  Mara: "Bread on weekdays, bicycles on weekends. The kitchen smells of both.",
  Jonas: "Retired surveyor. I draw maps of places too small to have one.",
  Priya: "Astronomy from a balcony with three street lamps in view.",
  Tom_B: "I run the repair table at the library. Bring the thing and its screws.",
  Ines: "Allotment 14, the one with the crooked shed.",
};

export const POSTS: readonly SeedPost[] = [
  {
    by: "Priya",
    ago: 7,
    title: "Four hours of patience, one comet",
    drawing: "night",
    body: `I had given up on the comet twice this month. Cloud, then a full moon, then cloud again. Last night the forecast said fog by ten, so I carried the tripod to the river at half past six and told nobody, because telling people brings the fog early.

It was there before I had the finder aligned: a small grey thumbprint, a hand’s width above the pylons. With averted vision the tail is as long as two full moons. With a camera it is twice that.

What I used, for anyone who wants to try before it fades next week:
– an old 85 mm lens, wide open
– a tripod weighed down with a bag of onions
– sixty exposures of four seconds, stacked at home

No tracking mount. The onions were dinner.`,
    comments: [
      {
        by: "Ines",
        after: 1,
        body: "Saw it from the allotments because of this post. I would have taken it for a smudge on my glasses. Thank you!",
      },
      {
        by: "Jonas",
        after: 3,
        body: "The bag of onions is the best piece of equipment I have read about here.",
      },
      {
        by: "Priya",
        after: 4,
        body: "@Jonas they also absorb vibration. Potatoes ring.",
      },
    ],
  },
  {
    by: "Mara",
    ago: 26,
    title: "The loaf that forgave me",
    body: `I forgot the dough. Not for an hour: I left for work, and it stood on the counter for eleven hours in August.

Everything I have read says to throw it away. It had no strength left and ran over the table like porridge. I folded it into a tin with a handful of flour, gave it forty minutes, and baked it hot and long because there was nothing to lose.

It is the best rye I have made. Sour, dark, a crumb like a sponge that has opinions. I have since tried to do it on purpose three times and failed, which I take as a comment on planning.`,
    comments: [
      {
        by: "Tom_B",
        after: 2,
        body: "My grandmother called this the lazy loaf and made it every Friday. Her trick was a tin with a lid for the first half hour.",
      },
      { by: "Mara", after: 5, body: "A lid! Of course. Attempt four is tonight." },
    ],
  },
  {
    by: "Jonas",
    ago: 51,
    title: "A map of the walk to school",
    drawing: "hills",
    body: `My granddaughter asked how long the way to school is. Nine hundred metres, I said, and saw that this was the wrong answer. So we went and measured it properly, in her units.

It is two dogs, one of them friendly. It is a wall to balance on (long), a wall to balance on (short), the chestnut tree, the shop where it smells of warm paper, and the crossing with the man who waves. In autumn it takes twice as long because of the chestnuts.

I have drawn maps for forty years for people who build roads. This is the first one that was checked by its user at every step. She found two errors.`,
    comments: [
      {
        by: "Ines",
        after: 6,
        body: "Please put the scale on it. One thumb to the dog.",
      },
      {
        by: "Priya",
        after: 20,
        body: "I would hang this on my wall. Is there a legend for the walls?",
      },
      {
        by: "Jonas",
        after: 22,
        body: "There is now. Solid line for balancing, dashed for holding a hand.",
      },
    ],
  },
  {
    by: "Tom_B",
    ago: 99,
    title: "Repair table, Saturday: 23 things in, 17 out",
    body: `Our best ratio so far. For the record, and because people ask what is worth bringing:

Nine lamps, all of them a switch or a plug. A lamp is nearly always worth bringing.

Two toasters: crumbs. A toaster is a box for crumbs with a heater in it.

One music box, 1930s, that played half a waltz. A single bent tooth. Its owner is ninety-one and had never heard the second half. Neither had we. Nobody fixed anything else for a while.

The six that went home broken were all glued shut. If you design things for a living: we would like a word, and some screws.`,
    comments: [
      { by: "Mara", after: 3, body: "The music box. I am not crying, it is the flour." },
      {
        by: "Ines",
        after: 8,
        body: "Can I bring a hedge trimmer? It hums but does not trim. Much like me.",
      },
      { by: "Tom_B", after: 9, body: "Bring it. Leave the blade guard on, please." },
    ],
  },
  {
    by: "Ines",
    ago: 148,
    title: "What the slugs left",
    drawing: "garden",
    body: `An honest list from allotment 14, this year.

Planted: forty lettuces, twelve courgettes, two rows of beans, a quince that I was told would not mind.

Eaten by me: beans. So many beans. Two lettuces, in one heroic week in May.

Eaten by others: thirty-eight lettuces, nine courgettes, one glove.

The quince minded. But the strip I did not get round to weeding is full of poppies and things that hum, and I have stopped calling it neglect. Next year the lettuces move to the balcony and the slugs can have the view.`,
    comments: [
      {
        by: "Mara",
        after: 2,
        body: "I can take beans off your hands in exchange for bread.",
      },
      { by: "Ines", after: 3, body: "Deal. You do not know what you have agreed to." },
    ],
  },
  {
    by: "Mara",
    ago: 220,
    title: "How I true a wheel without a stand",
    body: `You do not need a truing stand. You need the bicycle upside down, two clothes pegs and an evening.

Clip a peg to each brake pad or to the chain stays so that its tip nearly touches the rim. Turn the wheel slowly. Where it scrapes on the left, loosen the left spoke by a quarter turn and tighten its neighbour on the right. A quarter, not a half. Go round three times rather than once.

Stop when it is good, not when it is perfect. The road will not notice the last half millimetre, and you will have dinner.`,
    comments: [
      {
        by: "Jonas",
        after: 30,
        body: "“Stop when it is good” should be printed on every tool.",
      },
    ],
  },
  {
    by: "Priya",
    ago: 340,
    title: "Counting street lamps",
    body: `Three lamps shine into my balcony. In spring I wrote to the council and asked, politely, whether one of them could be shaded. I attached a photo of the sky with it and one with my coat over it.

Yesterday two people came with a ladder and a bent piece of tin. It took them six minutes. One asked what I look at, so I showed her Saturn, in daylight clothes, at dusk, from a balcony. She said nothing for a while and then called her colleague up.

Write to your council. Attach a picture. Offer Saturn.`,
    comments: [
      { by: "Tom_B", after: 4, body: "“A bent piece of tin” is my whole profession." },
      { by: "Ines", after: 12, body: "Offering Saturn is a strong negotiating position." },
    ],
  },
  {
    by: "Tom_B",
    ago: 500,
    title: "Hello. Bring your broken things",
    body: `The repair table is at the library, first floor, every other Saturday from ten. There is tea. There are usually four of us and one good soldering iron.

We do not promise to fix anything. We promise to open it with you, and that you will know afterwards what is inside. That is more than the manual does.`,
    comments: [
      { by: "Jonas", after: 5, body: "I will bring a theodolite that sulks in the cold." },
    ],
  },
];
