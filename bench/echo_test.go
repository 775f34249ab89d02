package bench

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	gotelegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/mymmrac/telego"
	"github.com/valyala/fasthttp"
	"gopkg.in/telebot.v4"
)

// The plainest bots that other libraries make: each says back what was said,
// through 64 workers, and remembers nothing. They run until their process ends.

const (
	echoWorkers = 64
	echoToken   = "4242:bench"
)

var echoes = map[string]func(api string){
	"telegram-bot-api": echoTelegramBotAPI,
	"go-telegram":      echoGoTelegram,
	"gotgbot":          echoGotgbot,
	"telebot":          echoTelebot,
	"telego":           echoTelego,
}

// tuned is net/http as it serves 64 workers best.
func tuned() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		MaxIdleConns:        echoWorkers + 2,
		MaxIdleConnsPerHost: echoWorkers + 2,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
	}}
}

// work has the workers take what comes, for ever.
func work[T any](updates <-chan T, do func(T) error) {
	var all sync.WaitGroup
	for range echoWorkers {
		all.Go(func() {
			for u := range updates {
				if err := do(u); err != nil {
					panic(err)
				}
			}
		})
	}
	all.Wait()
}

func echoTelegramBotAPI(api string) {
	bot := &tgbotapi.BotAPI{Token: echoToken, Client: tuned(), Buffer: 100}
	bot.SetAPIEndpoint(api + "/bot%s/%s")
	work(bot.GetUpdatesChan(tgbotapi.UpdateConfig{Timeout: 30, Limit: 100}), func(u tgbotapi.Update) error {
		_, err := bot.Send(tgbotapi.NewMessage(u.Message.Chat.ID, u.Message.Text))
		return err
	})
}

func echoGoTelegram(api string) {
	bot, err := gotelegram.New(echoToken, gotelegram.WithServerURL(api), gotelegram.WithSkipGetMe(),
		gotelegram.WithHTTPClient(30*time.Second, tuned()), gotelegram.WithWorkers(echoWorkers), gotelegram.WithNotAsyncHandlers(),
		gotelegram.WithDefaultHandler(func(ctx context.Context, b *gotelegram.Bot, u *models.Update) {
			if _, err := b.SendMessage(ctx, &gotelegram.SendMessageParams{ChatID: u.Message.Chat.ID, Text: u.Message.Text}); err != nil {
				panic(err)
			}
		}))
	if err != nil {
		panic(err)
	}
	bot.Start(context.Background())
}

func echoGotgbot(api string) {
	bot, err := gotgbot.NewBot(echoToken, &gotgbot.BotOpts{
		DisableTokenCheck: true,
		BotClient: &gotgbot.BaseBotClient{
			Client: *tuned(), DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: api, Timeout: 40 * time.Second},
		},
	})
	if err != nil {
		panic(err)
	}
	updates := make(chan gotgbot.Update, 100)
	go func() {
		for offset := int64(0); ; {
			batch, err := bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: offset, Limit: 100, Timeout: 30})
			if err != nil {
				panic(err)
			}
			for _, u := range batch {
				offset = u.UpdateId + 1
				updates <- u
			}
		}
	}()
	work(updates, func(u gotgbot.Update) error {
		_, err := bot.SendMessage(u.Message.Chat.Id, u.Message.Text, nil)
		return err
	})
}

func echoTelebot(api string) {
	bot, err := telebot.NewBot(telebot.Settings{URL: api, Token: echoToken, Client: tuned(), Offline: true, Synchronous: true})
	if err != nil {
		panic(err)
	}
	bot.Handle(telebot.OnText, func(c telebot.Context) error { return c.Send(c.Text()) })
	updates := make(chan telebot.Update, 100)
	go (&telebot.LongPoller{Limit: 100, Timeout: 30 * time.Second}).Poll(bot, updates, make(chan struct{}))
	work(updates, func(u telebot.Update) error {
		bot.ProcessUpdate(u)
		return nil
	})
}

func echoTelego(api string) {
	// Its own HTTP client is fasthttp.
	bot, err := telego.NewBot("4242:"+"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", telego.WithAPIServer(api), telego.WithDiscardLogger(),
		telego.WithFastHTTPClient(&fasthttp.Client{MaxConnsPerHost: echoWorkers + 2}))
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	updates, err := bot.UpdatesViaLongPolling(ctx, &telego.GetUpdatesParams{Limit: 100, Timeout: 30})
	if err != nil {
		panic(err)
	}
	work(updates, func(u telego.Update) error {
		_, err := bot.SendMessage(ctx, &telego.SendMessageParams{ChatID: telego.ChatID{ID: u.Message.Chat.ID}, Text: u.Message.Text})
		return err
	})
}

// serveBot is the part of that name: one of the echoes, or the program on the
// store in dir. It ends with its standard input.
func serveBot(name, api, dir string) {
	if echo := echoes[name]; echo != nil {
		go echo(api)
		_, _ = io.WriteString(stdout, "ready\n")
		account(func() usage { return usage{} }, nil)
		return
	}
	serveProgram(api, dir)
}
