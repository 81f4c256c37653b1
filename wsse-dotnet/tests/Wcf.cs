// The inspectors of docs/guide/dotnet.md between a WCF client and a WCF service: compiled together with them.
using System;
using System.Net.Sockets;
using System.Net;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.ServiceModel.Description;
using System.ServiceModel.Dispatcher;
using Wsse;

[ServiceContract(Namespace = "urn:orders")]
public interface IOrders
{
    [OperationContract]
    string List(string what);
}

public sealed class Orders : IOrders
{
    public string List(string what)
    {
        var properties = OperationContext.Current.IncomingMessageProperties;
        var http = (HttpRequestMessageProperty)properties[HttpRequestMessageProperty.Name];
        Program.LastHeader = http.Headers[XWsseHeader.Name];
        return what + " of " + properties["wsse-username"];
    }
}

internal sealed class Inspectors : IEndpointBehavior
{
    private readonly IDispatchMessageInspector _service;
    private readonly IClientMessageInspector _client;

    internal Inspectors(IDispatchMessageInspector service, IClientMessageInspector client)
    {
        _service = service;
        _client = client;
    }

    public void ApplyClientBehavior(ServiceEndpoint endpoint, ClientRuntime clientRuntime)
    {
        clientRuntime.MessageInspectors.Add(_client);
    }

    public void ApplyDispatchBehavior(ServiceEndpoint endpoint, EndpointDispatcher endpointDispatcher)
    {
        endpointDispatcher.DispatchRuntime.MessageInspectors.Add(_service);
    }

    public void AddBindingParameters(ServiceEndpoint endpoint, BindingParameterCollection bindingParameters)
    {
    }

    public void Validate(ServiceEndpoint endpoint)
    {
    }
}

internal static class Program
{
    internal static string LastHeader;

    private static void Main()
    {
        var address = "http://127.0.0.1:" + FreePort() + "/orders";
        var users = new Credentials().AddPassword("alice", "secret");
        var check = new UsernameTokenCheck(new Inbound("preset:username-token", users));
        using (var host = new ServiceHost(typeof(Orders), new Uri(address)))
        {
            var endpoint = host.AddServiceEndpoint(typeof(IOrders), new BasicHttpBinding(), "");
            endpoint.Behaviors.Add(new Inspectors(check, null));
            host.Open();
            Console.WriteLine(Ask(address, "secret"));
            var header = new HeaderCheck(users).Check(LastHeader);
            Console.WriteLine("X-WSSE of " + header.Username);
            try
            {
                Ask(address, "guess");
            }
            catch (FaultException fault)
            {
                Console.WriteLine(fault.Message);
            }
        }
    }

    private static string Ask(string address, string password)
    {
        var factory = new ChannelFactory<IOrders>(new BasicHttpBinding(), new EndpointAddress(address));
        var outbound = new Outbound("preset:username-token", Credentials.Of("alice", password));
        factory.Endpoint.Behaviors.Add(new UsernameTokenBehavior(outbound));
        var inspector = new XWsseInspector(new HeaderCreator("alice", "secret"));
        factory.Endpoint.Behaviors.Add(new Inspectors(null, inspector));
        return factory.CreateChannel().List("orders");
    }

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
