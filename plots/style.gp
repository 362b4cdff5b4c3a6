# SPDX-License-Identifier: MIT
# Colours, shapes and sizes that all figures share; page.gp is the page that they are drawn on.
#
# A mechanism keeps its colour (its family's), its point and its label in every figure of a run; how
# it waits is the dash of its line or the filling of its bar, and a wide line is of messages used in
# place. So figures survive greyscale and every kind of colour blindness: the colours are Okabe and Ito's (https://jfly.uni-koeln.de/color/).

# A page is WIDTH units wide, and a unit is as long on paper at either width: 640 are 174 mm, 309 are 84 mm (HALF, given on
# the command line). So a letter of 9.1 units has 7 points, and F10 to F14, the fonts of texts, have none smaller.
if (!exists('HALF')) { HALF = 0 }
set encoding utf8
MM = HALF ? 84.0 : 174.0
WIDTH = HALF ? 309 : 640
at_width(full, half) = HALF ? half : full
letters(full) = !HALF ? full : 0.72 * full > 9.3 ? 0.72 * full : 9.3
F10 = sprintf(',%.1f', letters(10))
F11 = sprintf(',%.1f', letters(11))
F12 = sprintf(',%.1f', letters(12))
F13 = sprintf(',%.1f', letters(13))
F14 = sprintf(',%.1f', letters(14))
# about how long a text is
length_of(chars, full) = 0.6 * chars * letters(full)
FONT = 'DejaVu Sans,Arial,sans-serif'
INK = 0x222222
FAINT = 0xcfcfcf

family_color(f) = f eq 'pipes' ? 0xe69f00 : f eq 'sockets' ? 0x0072b2 : \
  f eq 'message-queues' ? 0xcc79a7 : f eq 'shared-memory' ? 0x009e73 : \
  f eq 'files' ? 0xd55e00 : f eq 'notifications' ? 0x56b4e9 : 0x7f7f7f
# the same for names: dark enough to read, 4.5 to 1 on white and on what dark pages make of it
text_color(f) = f eq 'pipes' ? 0x946600 : f eq 'sockets' ? 0x0072b2 : \
  f eq 'message-queues' ? 0xa05e82 : f eq 'shared-memory' ? 0x00835f : \
  f eq 'files' ? 0xbe5300 : f eq 'notifications' ? 0x38769a : 0x555555
wait_dash(w) = w eq 'block' ? 1 : w eq 'spin' ? 2 : w eq 'hybrid' ? 4 : 3
# pattern fills of gnuplot: 3 solid, 5 and 4 hatched, 2 crossed
wait_fill(w) = w eq 'block' ? 3 : w eq 'spin' ? 5 : w eq 'hybrid' ? 2 : 4
wait_name(w) = w eq 'block' ? 'blocking' : w eq 'spin' ? 'spinning' : w eq 'hybrid' ? 'spinning, then blocking' : w
family_name(f) = f eq 'message-queues' ? 'queues' : f eq 'shared-memory' ? 'shared memory' : f
# distinct by shape first, filled before open
array SHAPES[15] = [7, 5, 9, 11, 13, 15, 6, 4, 8, 10, 12, 14, 1, 2, 3]
shape(n) = SHAPES[1 + (n - 1) % 15]

# The heading: title, setting and machine, each in as many lines as it takes. HEAD units are above the first panel.
HEADING = 0
array HEADING_TEXT[15]
array HEADING_SIZE[15]
array HEADING_Y[15]
HEAD = at_width(6, 3)
do for [part = 1:3] {
  heading = part == 1 ? TITLE : part == 2 ? SUBTITLE : WHERE
  size = letters(part == 1 ? 17 : 12)
  line = ''
  most = (part == 1 ? 1.7 : 1.82) * WIDTH / size
  # lines of about one length, so that no word stands alone in the last
  even = strlen(heading) / ceil(strlen(heading) / most + 1e-9) + 14
  if (even < most && strlen(heading) > most) { most = even }
  do for [w = 1:words(heading) + 1] {
    next = w > words(heading) ? '' : word(heading, w)
    if (line ne '' && HEADING < 15 && (next eq '' || strlen(line) + strlen(next) > most)) {
      HEADING = HEADING + 1
      HEADING_TEXT[HEADING] = line
      HEADING_SIZE[HEADING] = size
      HEADING_Y[HEADING] = HEAD + 0.7 * size
      HEAD = HEAD + (part == 1 ? 1.5 : 1.35) * size
      line = next
    } else {
      line = line.(line eq '' ? '' : ' ').next
    }
  }
}
HEAD = HEAD + at_width(20, 12)

# The legend stands under the figure: N entries of at most CHARS characters.
key_width(chars) = at_width(60.0, 42.0) + length_of(chars, 12)
key_columns(n, chars) = int(WIDTH / key_width(chars)) > 1 ? int(WIDTH / key_width(chars)) : 1
key_rows(n, chars) = int(ceil(n / (1.0 * key_columns(n, chars))))
key_height(n, chars) = 10 + at_width(18, 14) * key_rows(n, chars)

# Marks of axes of logarithms, to be used as macros: times in microseconds and rates, at every power of ten or,
# for short axes, between them as well; _MARKS are without text.
if (!exists('MICRO')) { MICRO = 'µ' }
time_text(m, e) = e < 0 ? sprintf('%g ns', m * 10**(e + 3)) : e < 3 ? sprintf('%g %ss', m * 10**e, MICRO) : \
  e < 6 ? sprintf('%g ms', m * 10**(e - 3)) : sprintf('%g s', m * 10**(e - 6))
rate_text(m, e) = e < 3 ? sprintf('%d', m * 10**e) : e < 6 ? sprintf('%d k', m * 10**(e - 3)) : \
  e < 9 ? sprintf('%d M', m * 10**(e - 6)) : sprintf('%d G', m * 10**(e - 9))
TIME_TICS = ''
TIME_TICS_125 = ''
TIME_TICS_2 = ''
TICS_125 = ''
TIME_MARKS = ''
TIME_TICS_FINE = ''
TIME_TICS_13 = ''
TIME_TICS_NEAR = ''
TICS_NEAR = ''
TICS_13 = ''
RATE_TICS = ''
RATE_TICS_13 = ''
RATE_MARKS = ''
RATE_MARKS_13 = ''
do for [e = -3:8] {
  TIME_TICS = TIME_TICS.sprintf("%s '%s' %g", e == -3 ? '(' : ',', time_text(1, e), 10.0**e)
  TIME_TICS_2 = TIME_TICS_2.sprintf("%s '%s' %g", e == -3 ? '(' : ',', e % 2 ? '' : time_text(1, e), 10.0**e)
  TIME_MARKS = TIME_MARKS.sprintf("%s %g", e == -3 ? '(' : ',', 10.0**e)
  do for [m in '1 1.2 1.4 1.6 1.8 2 2.5 3 3.5 4 4.5 5 6 7 8 9'] {
    TIME_TICS_FINE = TIME_TICS_FINE.sprintf("%s '%s' %g", TIME_TICS_FINE eq '' ? '(' : ',', time_text(m + 0.0, e), m * 10.0**e)
  }
  do for [m in '1 3'] {
    TIME_TICS_13 = TIME_TICS_13.sprintf("%s '%s' %g", TIME_TICS_13 eq '' ? '(' : ',', time_text(m + 0, e), m * 10.0**e)
    TICS_13 = TICS_13.sprintf("%s '%g' %g", TICS_13 eq '' ? '(' : ',', m * 10.0**e, m * 10.0**e)
  }
  do for [m in '1 1.5 2 3 4.5 7'] {
    TIME_TICS_NEAR = TIME_TICS_NEAR.sprintf("%s '%s' %g", TIME_TICS_NEAR eq '' ? '(' : ',', time_text(m + 0.0, e), m * 10.0**e)
    TICS_NEAR = TICS_NEAR.sprintf("%s '%g' %g", TICS_NEAR eq '' ? '(' : ',', m * 10.0**e, m * 10.0**e)
  }
  do for [m in '1 2 5'] {
    TIME_TICS_125 = TIME_TICS_125.sprintf("%s '%s' %g", TIME_TICS_125 eq '' ? '(' : ',', time_text(m + 0, e), m * 10.0**e)
    TICS_125 = TICS_125.sprintf("%s '%g' %g", TICS_125 eq '' ? '(' : ',', m * 10.0**e, m * 10.0**e)
  }
}
do for [e = 0:10] {
  RATE_TICS = RATE_TICS.sprintf("%s '%s' %g", e == 0 ? '(' : ',', rate_text(1, e), 10.0**e)
  RATE_MARKS = RATE_MARKS.sprintf("%s %g", e == 0 ? '(' : ',', 10.0**e)
  do for [m in '1 3'] {
    RATE_TICS_13 = RATE_TICS_13.sprintf("%s '%s' %g", RATE_TICS_13 eq '' ? '(' : ',', rate_text(m + 0, e), m * 10.0**e)
    RATE_MARKS_13 = RATE_MARKS_13.sprintf("%s %g", RATE_MARKS_13 eq '' ? '(' : ',', m * 10.0**e)
  }
}
TIME_TICS = TIME_TICS.')'
TIME_TICS_125 = TIME_TICS_125.')'
TIME_TICS_2 = TIME_TICS_2.')'
TIME_MARKS = TIME_MARKS.')'
TIME_TICS_FINE = TIME_TICS_FINE.')'
TICS_125 = TICS_125.')'
TIME_TICS_13 = TIME_TICS_13.')'
TIME_TICS_NEAR = TIME_TICS_NEAR.')'
TICS_NEAR = TICS_NEAR.')'
TICS_13 = TICS_13.')'
RATE_TICS = RATE_TICS.')'
RATE_TICS_13 = RATE_TICS_13.')'
RATE_MARKS = RATE_MARKS.')'
RATE_MARKS_13 = RATE_MARKS_13.')'
# each decade of a tail has the same room: 1 / (1 - p)
PERCENT_TICS = "('' 1, '50' 2, '90' 10, '99' 100, '99.9' 1000, '99.99' 1e4, '99.999' 1e5, '99.9999' 1e6, '99.99999' 1e7)"
PERCENT_MARKS = "('' 1, '' 2, '' 10, '' 100, '' 1000, '' 1e4, '' 1e5, '' 1e6, '' 1e7)"
PERCENT_TICS_4 = "('50' 2, '90' 10, '99' 100, '99.9' 1000, '' 1e4, '' 1e5)"
PERCENT_TICS_7 = "('50' 2, '' 10, '99' 100, '' 1000, '99.99' 1e4, '' 1e5, '99.9999' 1e6, '' 1e7)"
size_text(e) = e < 10 ? sprintf('%d B', 2**e) : e < 20 ? sprintf('%d KiB', 2**(e - 10)) : \
  e < 30 ? sprintf('%d MiB', 2**(e - 20)) : sprintf('%d GiB', 2**(e - 30))

# Parts of CPU time, in the order of a stack: hue is the side; dark and light, user and system, alternate, so that
# neighbours differ in grey.
SENDER_USER = 0x0072b2
SENDER_SYSTEM = 0x9ccdea
RECEIVER_USER = 0xd55e00
RECEIVER_SYSTEM = 0xf6cfa8

# Verdicts of a comparison: by shape, by colour, and wherever they stand by a word. Green and orange never
# stand for good and bad alone.
TOLERATED = 0xe4e9ee
MIDDLE = 0x009e73
verdict_color(v) = v eq 'regression' ? 0xd55e00 : v eq 'improved' ? 0x009e73 : \
  v eq 'inconclusive' ? 0xcc79a7 : 0x0072b2
verdict_shape(v) = v eq 'regression' ? 5 : v eq 'improved' ? 9 : v eq 'inconclusive' ? 12 : 7
# base is 0, new is 1; one less is the same shape, hollow
version_color(n) = n ? 0xd55e00 : 0x0072b2
version_shape(n) = n ? 9 : 7
order_shape(reversed) = reversed ? 11 : 9
